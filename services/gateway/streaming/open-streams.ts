import { Failure } from '../../../shared/errors/failure.ts';

/** `answer` ends by itself in seconds, `live` only when a side leaves. */
export type StreamKind = 'answer' | 'live';

/** The event streams that are open, so that their number is bounded and a drain can end them. */
export interface OpenStreams {
  /**
   * Throws `overloaded` when too many are open, `rate_limited` when too many go to `address`. Returns what to call when
   * the stream is closed.
   */
  add(kind: StreamKind, address: string, leave: () => void): () => void;
  /** Tells every stream of that kind to come back elsewhere. */
  leaveAll(kind: StreamKind): void;
}

const openMax: Record<StreamKind, number> = { answer: 2_000, live: 500 };
/** An office behind one address reads few live views; a visitor's answers end soon and are bounded per domain. */
const liveOfAddressMax = 50;

export const createOpenStreams = (): OpenStreams => {
  const open: Record<StreamKind, Set<() => void>> = { answer: new Set(), live: new Set() };
  const liveOf = new Map<string, number>();
  const count = (address: string, by: number): void => {
    const left = (liveOf.get(address) ?? 0) + by;
    if (left === 0) liveOf.delete(address);
    else liveOf.set(address, left);
  };
  return {
    add: (kind, address, leave) => {
      if (open[kind].size >= openMax[kind]) {
        throw new Failure('overloaded', { detail: 'Too many event streams are open', retryAfterMs: 5_000 });
      }
      if (kind === 'live' && (liveOf.get(address) ?? 0) >= liveOfAddressMax) {
        throw new Failure('rate_limited', {
          detail: `One address may read ${liveOfAddressMax.toString()} event streams at once`,
          retryAfterMs: 5_000,
        });
      }
      open[kind].add(leave);
      if (kind === 'live') count(address, 1);
      return () => {
        if (open[kind].delete(leave) && kind === 'live') count(address, -1);
      };
    },
    leaveAll: (kind) => {
      for (const leave of [...open[kind]]) leave();
    },
  };
};
