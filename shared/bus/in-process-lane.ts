import { Failure } from '../errors/failure.ts';
import type { Clock } from '../runtime/clock.ts';
import type { InFlight } from './in-flight.ts';
import type { Consuming } from './middleware.ts';

export interface Message {
  readonly subject: string;
  /** The envelope as JSON. */
  readonly text: string;
  /** A process may have died while it was handled. */
  readonly isSuspect: boolean;
}

/** All handlers that share one consumer name for one subject, with what waits for them. */
export interface Lane {
  addWorker(consume: Consuming, concurrency: number): void;
  /** Resolves when the message was handled or buried; throws `service_unavailable` when the lane stops before. */
  take(message: Message): Promise<void>;
  /** Starts nothing new; what waits or is to be tried again is given up. */
  stop(): void;
}

export interface LaneOptions {
  readonly clock: Clock;
  readonly inFlight: InFlight;
}

interface Parcel extends Message {
  readonly attempt: number;
  readonly dealtWith: () => void;
  readonly giveUp: (failure: Failure) => void;
}

interface Worker {
  readonly consume: Consuming;
  readonly concurrency: number;
  running: number;
}

const waitingMax = 10_000;

export const createLane = ({ clock, inFlight }: LaneOptions): Lane => {
  const waiting: Parcel[] = [];
  const workers: Worker[] = [];
  const stopping = new AbortController();

  const pump = (): void => {
    while (waiting.length > 0) {
      const worker = takeTurn(workers);
      const parcel = worker === undefined ? undefined : waiting.shift();
      if (worker === undefined || parcel === undefined) return;
      worker.running += 1;
      void handle(worker, parcel).finally(() => {
        worker.running -= 1;
        pump();
      });
    }
  };

  const handle = async (worker: Worker, parcel: Parcel): Promise<void> => {
    try {
      const outcome = await inFlight.run(Infinity, () => worker.consume(parcel));
      if (outcome.do === 'retry') void retryLater(parcel, outcome.afterMs);
      else parcel.dealtWith();
    } catch {
      parcel.giveUp(closing());
    }
  };

  const retryLater = async (parcel: Parcel, afterMs: number): Promise<void> => {
    await clock.sleep(afterMs, stopping.signal);
    if (stopping.signal.aborted) {
      parcel.giveUp(closing());
      return;
    }
    // How this delivery ended is known.
    waiting.push({ ...parcel, attempt: parcel.attempt + 1, isSuspect: false });
    pump();
  };

  return {
    addWorker: (consume, concurrency) => {
      workers.push({ consume, concurrency, running: 0 });
      pump();
    },
    take: async (message) => {
      if (stopping.signal.aborted || waiting.length >= waitingMax) throw closing();
      await new Promise<void>((dealtWith, giveUp) => {
        waiting.push({ ...message, attempt: 1, dealtWith, giveUp });
        pump();
      });
    },
    stop: () => {
      stopping.abort();
      for (const parcel of waiting.splice(0)) parcel.giveUp(closing());
    },
  };
};

// The first one that is free; it goes to the end, so that replicas take turns.
const takeTurn = (workers: Worker[]): Worker | undefined => {
  const free = workers.findIndex((candidate) => candidate.running < candidate.concurrency);
  const [worker] = free === -1 ? [] : workers.splice(free, 1);
  if (worker !== undefined) workers.push(worker);
  return worker;
};

const closing = (): Failure => new Failure('service_unavailable', { retryAfterMs: 1_000 });
