import { expect } from 'vitest';
import { Failure } from '../errors/failure.ts';
import { systemClock } from '../runtime/clock.ts';
import { currentCorrelation } from '../telemetry/correlation.ts';
import { collect, count, eventually, failureOf, listening, type Promises } from './conformance-world.ts';
import type { Bus } from './port.ts';

const answerCount = (bus: Bus, text = ''): Promise<void> =>
  bus.answerStream(count, async function* ({ to }) {
    for (let n = 1; n <= to; n++) {
      // As an upstream would: now and then the event loop has its turn.
      if (n % 100 === 0) await systemClock.sleep(0);
      yield { n, text };
    }
  });

export const streamPromises: Promises = [
  {
    promise: 'frames arrive in order, none missing, and the end is the end',
    check: async ({ replica }) => {
      const bus = await replica();
      await answerCount(bus, 'token');
      const frames = await collect(bus.askStream(count, { to: 400 }, listening()));
      expect(frames.map((frame) => frame.n)).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
      expect(await collect(bus.askStream(count, { to: 0 }, listening()))).toEqual([]);
    },
  },
  {
    promise: 'many streams at once keep apart',
    check: async ({ replica }) => {
      const bus = await replica();
      const caller = await replica();
      await answerCount(bus);
      const lengths = await Promise.all(
        Array.from({ length: 30 }, async (_, index) => {
          const frames = await collect(caller.askStream(count, { to: index * 10 }, listening()));
          return frames.length;
        }),
      );
      expect(lengths).toEqual(Array.from({ length: 30 }, (_, index) => index * 10));
    },
  },
  {
    promise: 'a slow reader loses nothing',
    check: async ({ replica }) => {
      const bus = await replica();
      const caller = await replica();
      await answerCount(bus, 'x'.repeat(200));
      let last = 0;
      for await (const frame of caller.askStream(count, { to: 5_000 }, listening(20_000))) {
        expect(frame.n).toBe(++last);
        if (frame.n % 500 === 0) await systemClock.sleep(20);
      }
      expect(last).toBe(5_000);
    },
  },
  {
    promise: 'a Failure in mid-stream comes behind the frames before it',
    check: async ({ replica }) => {
      const bus = await replica();
      await bus.answerStream(count, async function* () {
        yield { n: 1, text: '' };
        await Promise.resolve();
        throw new Failure('agent_unavailable', { retryAfterMs: 700 });
      });
      const frames: unknown[] = [];
      const failure = await failureOf(collect(bus.askStream(count, { to: 1 }, listening()), frames));
      expect(frames).toEqual([{ n: 1, text: '' }]);
      expect([failure.code, failure.retryAfterMs]).toEqual(['agent_unavailable', 700]);
    },
  },
  {
    promise: 'without anybody to answer it is `service_unavailable` at once',
    check: async ({ replica }) => {
      const bus = await replica();
      const failure = await failureOf(collect(bus.askStream(count, { to: 1 }, listening())));
      expect(failure.code).toBe('service_unavailable');
    },
  },
  {
    promise: 'input that breaks the contract is `invalid_request`',
    check: async ({ replica }) => {
      const bus = await replica();
      await answerCount(bus);
      const failure = await failureOf(collect(bus.askStream(count, { to: '7' as unknown as number }, listening())));
      expect(failure.code).toBe('invalid_request');
    },
  },
  {
    promise: 'past the deadline the reader gets `deadline_exceeded` and the answerer is told to stop',
    check: async ({ replica }) => {
      const bus = await replica();
      let stopped = false;
      await bus.answerStream(count, async function* (_input, { signal }) {
        yield { n: 1, text: '' };
        await systemClock.sleep(10_000, signal);
        stopped = signal.aborted;
      });
      const failure = await failureOf(collect(bus.askStream(count, { to: 1 }, listening(300))));
      expect(failure.code).toBe('deadline_exceeded');
      await eventually('the answerer stops', () => stopped);
    },
  },
  {
    promise: 'leaving the loop tells the answerer to stop',
    check: async ({ replica }) => {
      const bus = await replica();
      const caller = await replica();
      let stopped = false;
      await bus.answerStream(count, async function* (_input, { signal }) {
        yield { n: 1, text: '' };
        await systemClock.sleep(10_000, signal);
        stopped = signal.aborted;
      });
      for await (const frame of caller.askStream(count, { to: 1 }, listening(8_000))) {
        expect(frame.n).toBe(1);
        break;
      }
      await eventually('the answerer stops', () => stopped);
    },
  },
  {
    promise: 'aborting the signal ends the reading with a Failure and tells the answerer to stop',
    check: async ({ replica }) => {
      const bus = await replica();
      const caller = await replica();
      let stopped = false;
      await bus.answerStream(count, async function* (_input, { signal }) {
        yield { n: 1, text: '' };
        await systemClock.sleep(10_000, signal);
        stopped = signal.aborted;
      });
      const browser = new AbortController();
      const reading = (async () => {
        for await (const frame of caller.askStream(count, { to: 1 }, listening(8_000, browser.signal))) {
          if (frame.n === 1) browser.abort();
        }
      })();
      expect((await failureOf(reading)).code).toBe('service_unavailable');
      await eventually('the answerer stops', () => stopped);
    },
  },
  {
    promise: 'correlation holds in the whole body of the answerer',
    check: async ({ replica }) => {
      const bus = await replica();
      const seen: unknown[] = [];
      await bus.answerStream(count, async function* () {
        seen.push(currentCorrelation()?.correlationId);
        yield { n: 1, text: '' };
        seen.push(currentCorrelation()?.correlationId);
      });
      await collect(bus.askStream(count, { to: 1 }, { ...listening(), correlationId: 'request-9' }));
      expect(seen).toEqual(['request-9', 'request-9']);
    },
  },
  {
    promise: 'an answerer that dies in mid-stream is `service_unavailable`, never a quiet end',
    needs: 'replicas',
    check: async ({ replica, kill }) => {
      const bus = await replica();
      const caller = await replica();
      await bus.answerStream(count, async function* (_input, { signal }) {
        yield { n: 1, text: '' };
        await systemClock.sleep(20_000, signal);
      });
      const reading = (async () => {
        for await (const frame of caller.askStream(count, { to: 1 }, listening(15_000))) {
          if (frame.n === 1) await kill(bus);
        }
      })();
      expect((await failureOf(reading)).code).toBe('service_unavailable');
    },
  },
  {
    promise: 'an answerer that thinks for longer than the silence limit is waited for',
    needs: 'replicas',
    check: async ({ replica }) => {
      const bus = await replica();
      const caller = await replica();
      await bus.answerStream(count, async function* () {
        await systemClock.sleep(1_500);
        yield { n: 1, text: '' };
      });
      expect(await collect(caller.askStream(count, { to: 1 }, listening()))).toHaveLength(1);
    },
  },
];
