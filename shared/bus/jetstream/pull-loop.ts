import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import type { Clock } from '../../runtime/clock.ts';

interface PullLoopOptions {
  readonly clock: Clock;
  readonly concurrency: number;
  readonly open: () => Promise<Consumer>;
  /** Runs with at most `concurrency` of its kind; throws nothing. */
  readonly handle: (message: JsMsg) => Promise<void>;
  /** The consumer could not be read: told before it is tried again. */
  readonly onTrouble: (thrown: unknown) => Promise<void>;
}

export interface PullLoop {
  /** Opens the consumer again and fetches anew: after a broken connection the server may know of neither. */
  restart(): void;
  /** Fetches no more and gives back what was fetched but not begun. Handlers may still run when it resolves. */
  stop(): Promise<void>;
}

const fetchMs = 30_000;
// A server that forgot our fetch says nothing; two heartbeats missed show it.
const heartbeatMs = 5_000;
const troubleMs = 250;
// What we give back is held for a moment, so that it does not return to us before we have left.
export const giveBackMs = 500;

/**
 * Fetches exactly as many messages as may run: nothing waits in a buffer of ours, where it would be lost time with a dead
 * process, and where copies of it would pile up after `ack_wait`.
 */
export const startPullLoop = ({ clock, concurrency, open, handle, onTrouble }: PullLoopOptions): PullLoop => {
  const stopping = new AbortController();
  const slots = createSlots(concurrency);
  let fetched: ConsumerMessages | undefined;
  let round = new AbortController();

  const fetchOn = async (consumer: Consumer): Promise<void> => {
    const { signal } = round;
    while (!isAborted(signal)) {
      const free = await slots.free();
      if (isAborted(signal)) return;
      fetched = await consumer.fetch({ max_messages: free, expires: fetchMs, idle_heartbeat: heartbeatMs });
      if (isAborted(stopping.signal)) fetched.stop();
      for await (const message of fetched) {
        if (isAborted(stopping.signal)) message.nak(giveBackMs);
        else void slots.run(() => handle(message));
      }
    }
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        round = new AbortController();
        await fetchOn(await open());
      } catch (thrown) {
        if (isAborted(stopping.signal)) return;
        await onTrouble(thrown);
        await clock.sleep(troubleMs, stopping.signal);
      }
    }
  };
  const looping = loop();

  return {
    restart: () => {
      round.abort();
      fetched?.stop();
    },
    stop: async () => {
      stopping.abort();
      round.abort();
      slots.close();
      fetched?.stop();
      await looping;
    },
  };
};

const createSlots = (concurrency: number) => {
  let running = 0;
  let closed = false;
  let onChange: (() => void) | undefined;
  return {
    /** Resolves with how many are free: at least one, unless closed. */
    free: async (): Promise<number> => {
      while (running >= concurrency && !closed) await new Promise<void>((resolve) => (onChange = resolve));
      return concurrency - running;
    },
    run: async (work: () => Promise<void>): Promise<void> => {
      running += 1;
      await work().finally(() => {
        running -= 1;
        onChange?.();
      });
    },
    close: (): void => {
      closed = true;
      onChange?.();
    },
  };
};

// A call, because the compiler takes a signal that was not aborted to stay so across an await.
const isAborted = (signal: AbortSignal): boolean => signal.aborted;
