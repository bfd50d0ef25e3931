import { context, propagation, trace } from '@opentelemetry/api';
import { expect } from 'vitest';
import { Failure } from '../errors/failure.ts';
import { systemClock } from '../runtime/clock.ts';
import { currentCorrelation } from '../telemetry/correlation.ts';
import { echo, eventually, failureOf, within, type Promises } from './conformance-world.ts';
import type { Call } from './port.ts';

export const questionPromises: Promises = [
  {
    promise: 'a handler gets the parsed input and its answer reaches the caller, stripped to the contract',
    check: async ({ replica }) => {
      const bus = await replica();
      const answerOf = (text: string) => ({ text, by: 'me', password_hash: 'x' });
      await bus.answer(echo, async ({ text, times }) => answerOf(text.repeat(times)));
      expect(await bus.ask(echo, { text: 'hello', times: 2 }, within())).toEqual({ text: 'hellohello', by: 'me' });
      expect(await bus.ask(echo, { text: 'once' }, within())).toEqual({ text: 'once', by: 'me' });
    },
  },
  {
    promise: 'a Failure reaches the caller whole, but for its cause',
    check: async ({ replica }) => {
      const bus = await replica();
      await bus.answer(echo, async () => {
        throw new Failure('domain_taken', {
          detail: 'taken already',
          retryAfterMs: 1_500,
          errors: [{ path: 'domain_name', message: 'taken' }],
          extensions: { existing_domain: { id: 7 } },
          cause: new Error('secret'),
        });
      });
      const failure = await failureOf(bus.ask(echo, { text: '' }, within()));
      expect(failure.toWire()).toEqual({
        code: 'domain_taken',
        detail: 'taken already',
        retryAfterMs: 1_500,
        errors: [{ path: 'domain_name', message: 'taken' }],
        extensions: { existing_domain: { id: 7 } },
      });
      expect(failure.cause).toBeUndefined();
    },
  },
  {
    promise: 'what nobody foresaw is `internal` and tells the caller nothing',
    check: async ({ replica }) => {
      const bus = await replica();
      await bus.answer(echo, async () => Promise.reject(new Error('password=hunter2')));
      const failure = await failureOf(bus.ask(echo, { text: '' }, within()));
      expect(failure.code).toBe('internal');
      expect(JSON.stringify(failure.toWire())).not.toContain('hunter2');
    },
  },
  {
    promise: 'input that breaks the contract is `invalid_request`, field by field, and the handler does not run',
    check: async ({ replica }) => {
      const bus = await replica();
      let ran = false;
      await bus.answer(echo, async ({ text }) => {
        ran = true;
        return { text, by: 'me' };
      });
      const failure = await failureOf(bus.ask(echo, { text: 7 as unknown as string }, within()));
      expect(failure.code).toBe('invalid_request');
      expect(failure.errors?.map((error) => error.path)).toEqual(['text']);
      expect(ran).toBe(false);
    },
  },
  {
    promise: 'without anybody to answer it is `service_unavailable` at once, with a time to come back',
    check: async ({ replica }) => {
      const bus = await replica();
      const startedAt = systemClock.now();
      const failure = await failureOf(bus.ask(echo, { text: '' }, within(5_000)));
      expect(failure.code).toBe('service_unavailable');
      expect(failure.retryAfterMs).toBe(1_000);
      expect(systemClock.now() - startedAt).toBeLessThan(2_000);
    },
  },
  {
    promise: 'past the deadline the caller gets `deadline_exceeded` and the handler is told to stop',
    check: async ({ replica }) => {
      const bus = await replica();
      let call: Call | undefined;
      await bus.answer(echo, async (_input, given) => {
        call = given;
        await systemClock.sleep(3_000, given.signal);
        return { text: '', by: 'late' };
      });
      const asked = within(200);
      const failure = await failureOf(bus.ask(echo, { text: '' }, asked));
      expect(failure.code).toBe('deadline_exceeded');
      await eventually('the handler is aborted', () => call?.signal.aborted === true);
      expect(call?.deadlineAt).toBe(asked.deadlineAt);
    },
  },
  {
    promise: 'a question whose time is over already is not asked',
    check: async ({ replica }) => {
      const bus = await replica();
      let ran = false;
      await bus.answer(echo, async () => {
        ran = true;
        return { text: '', by: '' };
      });
      expect((await failureOf(bus.ask(echo, { text: '' }, within(-1)))).code).toBe('deadline_exceeded');
      expect(ran).toBe(false);
    },
  },
  {
    promise: 'replicas share the questions: each is answered once, and nobody is left out',
    check: async ({ replica }) => {
      const caller = await replica();
      const counts = new Map<string, number>();
      for (const by of ['a', 'b', 'c']) {
        const bus = await replica();
        await bus.answer(echo, async ({ text }) => {
          counts.set(by, (counts.get(by) ?? 0) + 1);
          return { text, by };
        });
      }
      await Promise.all(Array.from({ length: 120 }, () => caller.ask(echo, { text: '' }, within())));
      expect([...counts.values()].reduce((sum, one) => sum + one, 0)).toBe(120);
      expect([...counts.keys()].sort()).toEqual(['a', 'b', 'c']);
    },
  },
  {
    promise: 'a message over 512 KB is refused with `body_too_large` before it travels',
    check: async ({ replica }) => {
      const bus = await replica();
      await bus.answer(echo, async ({ text }) => ({ text, by: 'me' }));
      expect((await failureOf(bus.ask(echo, { text: 'ä'.repeat(300_000) }, within()))).code).toBe('body_too_large');
      expect((await bus.ask(echo, { text: 'a'.repeat(500_000) }, within())).text).toHaveLength(500_000);
      // And the connection lives on.
      expect((await bus.ask(echo, { text: 'small' }, within())).text).toBe('small');
    },
  },
  {
    promise: 'correlation and trace context reach the handler',
    check: async ({ replica }) => {
      const bus = await replica();
      const seen: unknown[] = [];
      await bus.answer(echo, async (_input, call) => {
        seen.push(call.correlationId, currentCorrelation(), trace.getActiveSpan()?.spanContext().traceId);
        return { text: '', by: '' };
      });
      const traceId = '0af7651916cd43dd8448eb211c80319c';
      const parent = propagation.extract(context.active(), { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
      await context.with(parent, () => bus.ask(echo, { text: '' }, { ...within(), correlationId: 'request-9' }));
      expect(seen).toEqual(['request-9', { correlationId: 'request-9', causationId: 'request-9' }, traceId]);
    },
  },
  {
    promise: 'a drain lets running handlers finish, and new questions find nobody',
    check: async ({ replica }) => {
      const bus = await replica();
      const caller = await replica();
      // Also those of questions that come in before the bus has left: they are answered like the first.
      const finish: (() => void)[] = [];
      await bus.answer(echo, async ({ text }) => {
        await new Promise<void>((resolve) => finish.push(resolve));
        return { text, by: 'me' };
      });
      const asked = caller.ask(echo, { text: 'in time' }, within());
      await eventually('the handler runs', () => finish.length > 0);
      const drained = bus.drain(5_000);
      await eventually('new questions are refused', async () => {
        const failure = await failureOf(caller.ask(echo, { text: '' }, within(300)));
        return failure.code === 'service_unavailable';
      });
      for (const each of finish) each();
      expect((await asked).text).toBe('in time');
      await drained;
      expect(bus.health().connected).toBe(false);
    },
  },
  {
    promise: 'a drain waits no longer than it was told and aborts what still runs',
    check: async ({ replica }) => {
      const bus = await replica();
      const caller = await replica();
      let aborted = false;
      let running = false;
      await bus.answer(echo, async (_input, { signal }) => {
        running = true;
        await systemClock.sleep(10_000, signal);
        aborted = signal.aborted;
        return { text: '', by: '' };
      });
      const asked = caller.ask(echo, { text: '' }, within(4_000)).catch(() => undefined);
      await eventually('the handler runs', () => running);
      const startedAt = systemClock.now();
      await bus.drain(100);
      expect(systemClock.now() - startedAt).toBeLessThan(3_000);
      await eventually('the handler is aborted', () => aborted);
      await asked;
    },
  },
];
