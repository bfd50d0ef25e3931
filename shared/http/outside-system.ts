import { bulkhead, isBulkheadRejectedError } from 'cockatiel';
import { LRUCache } from 'lru-cache';
import type { Code } from '../errors/codes.ts';
import { Failure } from '../errors/failure.ts';
import type { Clock } from '../runtime/clock.ts';
import { createBreaker, type Breaker } from './breaker.ts';
import { heldBack } from './held-back.ts';
import { watchOutside } from './outside-state.ts';
import { createRetryReads } from './retry-reads.ts';

export interface OutsideOptions {
  /** As metrics and readiness name it. */
  readonly name: string;
  readonly unavailableCode: Code;
  /** Calls at once; further ones wait in a queue as long as `queueMax` (default 64), and past that are refused. */
  readonly callsMax: number;
  readonly queueMax?: number;
  /** How long a breaker stays open. */
  readonly restMs: number;
  readonly clock: Pick<Clock, 'now' | 'random' | 'sleep'>;
}

export interface OutsideCall {
  /** Which breaker judges it: an operation of the system, or one of its many endpoints. */
  readonly breaker: string;
  /** Idempotent: it may be sent again in place. Default false. */
  readonly isRepeatable?: boolean;
  /** The caller's own: what fails after it aborted says nothing about the system. */
  readonly signal?: AbortSignal | undefined;
}

/** One outside system as all of its callers share it. */
export interface OutsideSystem {
  /**
   * Runs a bounded outside call under bulkhead and breaker, which judges it by how `work` ends: one that only opens a stream
   * must read as far as tells good from bad. Throws what `work` throws, or what `isHeldBack` knows.
   */
  readonly run: <T>(call: OutsideCall, work: () => Promise<T>) => Promise<T>;
  /** True while any of its breakers is open. */
  readonly isDegraded: () => boolean;
  readonly close: () => void;
}

// Of the many endpoints strangers may have, the ones used last are judged.
const breakersMax = 5_000;
const fullRetryMs = 1_000;

/** The one policy for every outside system (decision 0011). Time limits belong to the call itself: see `createHttp`. */
export const createOutsideSystem = (options: OutsideOptions): OutsideSystem => {
  const { name, unavailableCode, callsMax, queueMax = 64, restMs, clock } = options;
  const breakers = new LRUCache<string, Breaker>({ max: breakersMax });
  const slots = bulkhead(callsMax, queueMax);
  const retryReads = createRetryReads(clock);
  const breakerOf = (key: string): Breaker => {
    const breaker = breakers.get(key) ?? createBreaker({ code: unavailableCode, restMs, clock });
    breakers.set(key, breaker);
    return breaker;
  };
  const openKeys = (): readonly string[] => [...breakers].flatMap(([key, { isOpen }]) => (isOpen() ? [key] : []));
  const once = async <T>(call: OutsideCall, work: () => Promise<T>): Promise<T> => {
    try {
      return await slots.execute(() => breakerOf(call.breaker).run(work, call.signal));
    } catch (thrown) {
      if (thrown instanceof Failure || !isBulkheadRejectedError(thrown)) throw thrown;
      throw heldBack(unavailableCode, 'full bulkhead', fullRetryMs * (1 + clock.random()));
    }
  };
  const unwatch = watchOutside({ name, openKeys, size: () => breakers.size });
  return {
    run: (call, work) =>
      retryReads(() => once(call, work), { isRepeatable: call.isRepeatable ?? false, signal: call.signal }),
    isDegraded: () => openKeys().length > 0,
    close: unwatch,
  };
};
