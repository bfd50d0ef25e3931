import { expect } from 'vitest';
import { Failure } from '../errors/failure.ts';

import { systemClock } from '../runtime/clock.ts';
import { currentCorrelation } from '../telemetry/correlation.ts';
import { domainId, envelopeOf, eventually, failureOf, happened, wakeUp, type Promises } from './conformance-world.ts';

export const durablePromises: Promises = [
  {
    promise: 'a message reaches its consumer whole',
    check: async ({ consume, replica, relay }) => {
      const bus = await replica();
      const seen: unknown[] = [];
      await consume(bus, wakeUp, 'memory', async (delivery) => void seen.push(delivery));
      const envelope = envelopeOf(wakeUp, 7);
      await relay(bus, wakeUp, envelope);
      await eventually('it is consumed', () => seen.length > 0);
      expect(seen).toEqual([{ envelope, data: { n: 7 }, attempt: 1, isSuspect: false }]);
    },
  },
  {
    promise: 'an event reaches every consumer, whatever its domain',
    check: async ({ consume, replica, relay }) => {
      const bus = await replica();
      const seen: string[] = [];
      for (const consumer of ['memory', 'provisioning']) {
        await consume(bus, happened, consumer, async ({ data }) => void seen.push(`${consumer} ${data.n}`));
      }
      await relay(bus, happened, envelopeOf(happened, 1));
      await relay(bus, happened, envelopeOf(happened, 2, { domain_id: 'b7e0a5a4-5d0c-4f0e-8a0f-1c8f2d3e4a55' }));
      await eventually('all are consumed', () => seen.length === 4);
      expect([...seen].sort()).toEqual(['memory 1', 'memory 2', 'provisioning 1', 'provisioning 2']);
    },
  },
  {
    promise: 'an event that happened before its consumer came is not lost on it',
    check: async ({ consume, replica, relay }) => {
      const bus = await replica();
      await relay(bus, happened, envelopeOf(happened, 1));
      const seen: number[] = [];
      await consume(bus, happened, 'memory', async ({ data }) => void seen.push(data.n));
      await eventually('it is consumed', () => seen.length > 0);
      expect(seen).toEqual([1]);
    },
  },
  {
    promise: 'a command that is published before its consumer came waits for it',
    check: async ({ consume, replica, relay }) => {
      const bus = await replica();
      const relayed = relay(bus, wakeUp, envelopeOf(wakeUp, 1));
      const seen: number[] = [];
      await consume(bus, wakeUp, 'memory', async ({ data }) => void seen.push(data.n));
      await relayed;
      await eventually('it is consumed', () => seen.length > 0);
      expect(seen).toEqual([1]);
    },
  },
  {
    promise: 'a second publish of the same envelope is dropped',
    check: async ({ consume, replica, relay }) => {
      const bus = await replica();
      const seen: number[] = [];
      await consume(bus, wakeUp, 'memory', async ({ data }) => void seen.push(data.n));
      const envelope = envelopeOf(wakeUp, 1);
      await relay(bus, wakeUp, envelope);
      await relay(bus, wakeUp, envelope);
      await relay(bus, wakeUp, envelopeOf(wakeUp, 2));
      await eventually('the later message is consumed', () => seen.includes(2));
      expect(seen).toEqual([1, 2]);
    },
  },
  {
    promise: 'a passing failure comes back after its delay, with the attempt counted, and blocks no other message',
    check: async ({ consume, replica, relay }) => {
      const bus = await replica();
      const seen: { n: number; attempt: number; isSuspect: boolean; at: number }[] = [];
      await consume(
        bus,
        wakeUp,
        'memory',
        async ({ data, attempt, isSuspect }) => {
          seen.push({ n: data.n, attempt, isSuspect, at: systemClock.now() });
          if (data.n === 1 && attempt < 3) throw new Failure('memory_unavailable', { retryAfterMs: 300 });
        },
        { concurrency: 1 },
      );
      await Promise.all([1, 2].map((n) => relay(bus, wakeUp, envelopeOf(wakeUp, n))));
      await eventually('the third attempt', () => seen.some(({ attempt }) => attempt === 3));
      const tries = seen.filter(({ n }) => n === 1);
      expect(tries.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
      expect(seen.filter(({ isSuspect }) => isSuspect)).toEqual([]);
      expect((tries[1]?.at ?? 0) - (tries[0]?.at ?? 0)).toBeGreaterThanOrEqual(290);
      const other = seen.find(({ n }) => n === 2);
      expect(other?.at ?? Infinity).toBeLessThan((tries[0]?.at ?? 0) + 290);
    },
  },
  {
    promise: 'an error nobody foresaw is tried again rather than buried',
    check: async ({ consume, replica, relay, deadLetters }) => {
      const bus = await replica();
      let attempts = 0;
      await consume(bus, wakeUp, 'memory', async () => {
        attempts += 1;
        if (attempts === 1) throw new Error('the database hung up');
      });
      await relay(bus, wakeUp, envelopeOf(wakeUp, 1));
      await eventually('the second attempt', () => attempts === 2);
      expect(deadLetters).toEqual([]);
    },
  },
  {
    promise: 'a refusal is buried at once, with its reason',
    check: async ({ consume, replica, relay, deadLetters }) => {
      const bus = await replica();
      let attempts = 0;
      await consume(bus, happened, 'memory', async () => {
        attempts += 1;
        throw new Failure('document_broken');
      });
      const envelope = envelopeOf(happened, 1);
      await relay(bus, happened, envelope);
      await eventually('it is buried', () => deadLetters.length > 0);
      expect(deadLetters).toEqual([
        {
          subject: `${happened.subject}.${domainId}`,
          envelope,
          text: JSON.stringify(envelope),
          reason: 'document_broken',
          attempts: 1,
        },
      ]);
      expect(attempts).toBe(1);
    },
  },
  {
    promise: 'poison is buried and the messages beside it are not',
    check: async ({ consume, replica, relay, deadLetters }) => {
      const bus = await replica();
      const seen: number[] = [];
      await consume(bus, wakeUp, 'memory', async ({ data }) => void seen.push(data.n));
      await relay(bus, wakeUp, envelopeOf(wakeUp, 1));
      await relay(bus, wakeUp, envelopeOf(wakeUp, 2, { data: { n: 'two' } }));
      await relay(bus, wakeUp, envelopeOf(wakeUp, 3, { correlation_id: 'x'.repeat(65) }));
      await relay(bus, wakeUp, envelopeOf(wakeUp, 4, { name: 'AnotherMessage' }));
      await relay(bus, wakeUp, envelopeOf(wakeUp, 5));
      await eventually('the good ones are consumed', () => seen.includes(1) && seen.includes(5));
      await eventually('the bad ones are buried', () => deadLetters.length === 3);
      const reasons = deadLetters.map(({ reason }) => reason).sort();
      expect(reasons).toEqual(['invalid_envelope', 'invalid_envelope', expect.stringMatching(/^invalid_request; n: /)]);
      expect(seen).toEqual([1, 5]);
    },
  },
  {
    promise: 'a message that cannot be buried yet comes back until it can',
    check: async ({ consume, replica, relay }) => {
      const bus = await replica();
      const letters: number[] = [];
      let handled = 0;
      const handler = async (): Promise<void> => {
        handled += 1;
        throw new Failure('document_broken');
      };
      await consume(bus, wakeUp, 'memory', handler, {
        bury: async ({ attempts }) => {
          letters.push(attempts);
          if (attempts < 3) throw new Failure('service_unavailable');
        },
      });
      await relay(bus, wakeUp, envelopeOf(wakeUp, 1));
      await eventually('it is buried', () => letters.includes(3));
      expect(letters).toEqual([1, 2, 3]);
      expect(handled).toBe(3);
    },
  },
  {
    promise: 'a replay is handled as a suspect, and tells what became of it',
    check: async ({ consume, replica, deadLetters }) => {
      const bus = await replica();
      const seen: unknown[] = [];
      const consumer = await consume(bus, wakeUp, 'memory', async ({ data, isSuspect }) => {
        seen.push([data.n, isSuspect]);
        if (data.n === 2) throw new Failure('document_broken');
        if (data.n === 3) throw new Failure('memory_unavailable', { retryAfterMs: 7_000 });
      });
      const replay = (n: number) => consumer.replay(JSON.stringify(envelopeOf(wakeUp, n)));
      expect(await replay(1)).toEqual({ do: 'ack' });
      expect(await replay(2)).toEqual({ do: 'buried', reason: 'document_broken' });
      expect(await replay(3)).toEqual({ do: 'retry', afterMs: 7_000, reason: 'memory_unavailable' });
      expect(await consumer.replay('{')).toEqual({ do: 'buried', reason: 'invalid_envelope' });
      expect(seen).toEqual([1, 2, 3].map((n) => [n, true]));
      expect(deadLetters.map(({ reason }) => reason)).toEqual(['document_broken', 'invalid_envelope']);
    },
  },
  {
    promise: 'replicas share one consumer: each message is handled once',
    check: async ({ consume, replica, relay }) => {
      const seen: string[] = [];
      const buses = [await replica(), await replica()];
      for (const [index, bus] of buses.entries()) {
        await consume(
          bus,
          happened,
          'memory',
          async ({ data }) => {
            seen.push(`${index} ${data.n}`);
            await systemClock.sleep(10);
          },
          { concurrency: 1 },
        );
      }
      const publisher = await replica();
      await Promise.all(Array.from({ length: 20 }, (_, n) => relay(publisher, happened, envelopeOf(happened, n))));
      await eventually('all are consumed', () => seen.length >= 20);
      expect(new Set(seen.map((entry) => entry.split(' ')[1])).size).toBe(20);
      expect(seen).toHaveLength(20);
      expect(new Set(seen.map((entry) => entry.split(' ')[0])).size).toBe(2);
    },
  },
  {
    promise: 'no more than `concurrency` handlers run at once',
    check: async ({ consume, replica, relay }) => {
      const bus = await replica();
      let running = 0;
      let runningMost = 0;
      let done = 0;
      await consume(
        bus,
        wakeUp,
        'memory',
        async () => {
          runningMost = Math.max(runningMost, ++running);
          await systemClock.sleep(20);
          running -= 1;
          done += 1;
        },
        { concurrency: 3 },
      );
      await Promise.all(Array.from({ length: 12 }, (_, n) => relay(bus, wakeUp, envelopeOf(wakeUp, n))));
      await eventually('all are consumed', () => done === 12);
      expect(runningMost).toBe(3);
    },
  },
  {
    promise: 'correlation of the envelope holds in the consumer, and the message is the cause of what it emits',
    check: async ({ consume, replica, relay }) => {
      const bus = await replica();
      const seen: unknown[] = [];
      await consume(bus, wakeUp, 'memory', async () => void seen.push(currentCorrelation()));
      const envelope = envelopeOf(wakeUp, 1, { correlation_id: 'request-9' });
      await relay(bus, wakeUp, envelope);
      await eventually('it is consumed', () => seen.length > 0);
      expect(seen).toEqual([{ correlationId: 'request-9', causationId: envelope.id }]);
    },
  },
  {
    promise: 'an envelope over 512 KB is refused',
    check: async ({ replica }) => {
      const bus = await replica();
      const publishing = bus.publish(happened, envelopeOf(happened, 1, { data: { text: 'x'.repeat(600_000) } }));
      expect((await failureOf(publishing)).code).toBe('body_too_large');
    },
  },
  {
    promise: 'a drain lets a running consumer finish its message',
    check: async ({ consume, replica, relay }) => {
      const bus = await replica();
      const seen: string[] = [];
      await consume(bus, happened, 'memory', async () => {
        seen.push('started');
        await systemClock.sleep(300);
        seen.push('finished');
      });
      const relayed = relay(await replica(), happened, envelopeOf(happened, 1));
      await eventually('the consumer runs', () => seen.length > 0);
      await bus.drain(5_000);
      expect(seen).toEqual(['started', 'finished']);
      await relayed.catch(() => undefined);
    },
  },
];
