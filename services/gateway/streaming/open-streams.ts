import { Failure } from '../../../shared/errors/failure.ts';

/** `answer` ends by itself in seconds, `live` only when a side leaves. */
export type StreamKind = 'answer' | 'live';

/** The event streams that are open, so that their number is bounded and a drain can end them. */
export interface OpenStreams {
  /** Throws `overloaded` when too many are open. Returns what to call when the stream is closed. */
  add(kind: StreamKind, leave: () => void): () => void;
  /** Tells every stream of that kind to come back elsewhere. */
  leaveAll(kind: StreamKind): void;
}

const openMax: Record<StreamKind, number> = { answer: 2_000, live: 500 };

export const createOpenStreams = (): OpenStreams => {
  const open: Record<StreamKind, Set<() => void>> = { answer: new Set(), live: new Set() };
  return {
    add: (kind, leave) => {
      if (open[kind].size >= openMax[kind]) {
        throw new Failure('overloaded', { detail: 'Too many event streams are open', retryAfterMs: 5_000 });
      }
      open[kind].add(leave);
      return () => open[kind].delete(leave);
    },
    leaveAll: (kind) => {
      for (const leave of [...open[kind]]) leave();
    },
  };
};
