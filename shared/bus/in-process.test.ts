import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Failure } from '../errors/failure.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { busConformance } from './conformance.ts';
import { buryUnseen, collect, count, envelopeOf, failureOf, listening, wakeUp } from './conformance-world.ts';
import { createInProcessBus } from './in-process.ts';
import { openJournal } from './journal.ts';
import type { Delivery } from './port.ts';
import { useTracing } from './tracing.testing.ts';

const logger = pino({ level: 'silent' });
const tracing = useTracing();
beforeAll(tracing.start);
afterAll(tracing.stop);

busConformance(
  'in-process',
  async () => {
    const journal = await openJournal({ logger });
    const bus = createInProcessBus({ clock, logger, journal });
    return {
      replica: async () => bus,
      kill: async () => undefined,
      close: () => bus.drain(0),
    };
  },
  { replicas: false },
);

describe('the in-process bus', () => {
  it('leaves a message unsent while a consumer still tries, and a later publish gets the outcome', async () => {
    const bus = createInProcessBus({
      clock: { ...clock, random: () => 0 },
      logger,
      journal: await openJournal({ logger }),
      publishWaitMs: 50,
    });
    let attempts = 0;
    const handler = async (): Promise<void> => {
      attempts += 1;
      if (attempts === 1) throw new Failure('memory_unavailable', { retryAfterMs: 200 });
    };
    await bus.consume(wakeUp, 'memory', handler, { bury: buryUnseen });
    const envelope = envelopeOf(wakeUp, 1);
    expect((await failureOf(bus.publish(wakeUp, envelope))).code).toBe('service_unavailable');
    await clock.sleep(250);
    await bus.publish(wakeUp, envelope);
    expect(attempts).toBe(2);
    await bus.drain(0);
  });

  it('gives up what waits for a retry when it drains, so that the outbox keeps it', async () => {
    const bus = createInProcessBus({ clock, logger, journal: await openJournal({ logger }), publishWaitMs: 60_000 });
    const handler = async (): Promise<void> => {
      throw new Failure('memory_unavailable', { retryAfterMs: 60_000 });
    };
    await bus.consume(wakeUp, 'memory', handler, { bury: buryUnseen });
    const publishing = failureOf(bus.publish(wakeUp, envelopeOf(wakeUp, 1)));
    await clock.sleep(20);
    await bus.drain(1_000);
    expect((await publishing).code).toBe('service_unavailable');
  });

  it('takes what was in hands when a process died for a suspect, until it was handled once', async () => {
    const bus = createInProcessBus({ clock, logger, journal: await openJournal({ logger }) });
    const seen: unknown[] = [];
    const handler = async ({ attempt, isSuspect }: Delivery<typeof wakeUp>): Promise<void> => {
      seen.push([attempt, isSuspect]);
      if (attempt === 1) throw new Failure('memory_unavailable', { retryAfterMs: 1 });
    };
    await bus.consume(wakeUp, 'memory', handler, { bury: buryUnseen });
    await bus.publish(wakeUp, envelopeOf(wakeUp, 1), { isSuspect: true });
    expect(seen).toEqual([
      [1, true],
      [2, false],
    ]);
    await bus.drain(0);
  });

  it('answers with one span per message, a child of the caller', async () => {
    const bus = createInProcessBus({ clock, logger, journal: await openJournal({ logger }) });
    await bus.answerStream(count, async function* () {
      yield { n: 1, text: '' };
    });
    tracing.spans.reset();
    await collect(bus.askStream(count, { to: 1 }, listening()));
    expect(tracing.spans.getFinishedSpans().map((span) => [span.name, span.attributes['messaging.system']])).toEqual([
      ['stream rpc.chat.count.v1', 'in_process'],
    ]);
    await bus.drain(0);
  });
});
