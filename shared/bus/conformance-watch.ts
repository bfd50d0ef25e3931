import { expect } from 'vitest';
import { envelopeOf, eventually, happened, type Promises } from './conformance-world.ts';
import type { Bus, StoredEvent, WatchOptions } from './port.ts';

const otherDomain = 'b7e0a5a4-5d0c-4f0e-8a0f-1c8f2d3e4a55';

/** Reads in the background; `stop` ends the watch and waits until it has ended. */
const watching = (bus: Bus, options: Omit<WatchOptions, 'signal'>) => {
  const seen: StoredEvent[] = [];
  const leaving = new AbortController();
  const reading = (async () => {
    for await (const event of bus.watch({ ...options, signal: leaving.signal })) seen.push(event);
  })();
  return {
    seen,
    numbers: () => seen.map(({ envelope }) => envelope.data['n']),
    stop: async () => {
      leaving.abort();
      await reading;
    },
    reading,
  };
};

export const watchPromises: Promises = [
  {
    promise: 'a watcher gets what happened behind its place, then what happens, each once and in order',
    check: async ({ replica, relay }) => {
      const bus = await replica();
      for (const n of [1, 2, 3]) await relay(bus, happened, envelopeOf(happened, n));
      const first = watching(bus, { afterSeq: 0 });
      await eventually('the past is read', () => first.seen.length === 3);
      await relay(bus, happened, envelopeOf(happened, 4));
      await eventually('the present is read', () => first.seen.length === 4);
      expect(first.numbers()).toEqual([1, 2, 3, 4]);
      await first.stop();

      const again = watching(bus, { afterSeq: first.seen[1]?.seq ?? -1 });
      await eventually('the rest is read', () => again.seen.length === 2);
      expect(again.numbers()).toEqual([3, 4]);
      await again.stop();
    },
  },
  {
    promise: 'without a place a watcher gets only what comes from now on',
    check: async ({ replica, relay }) => {
      const bus = await replica();
      await relay(bus, happened, envelopeOf(happened, 1));
      const watch = watching(bus, {});
      let n = 10;
      await eventually('the watcher is there', async () => {
        await relay(bus, happened, envelopeOf(happened, n++));
        return watch.seen.length > 0;
      });
      expect(watch.numbers()).not.toContain(1);
      await watch.stop();
    },
  },
  {
    promise: 'a watcher of one domain sees no other',
    check: async ({ replica, relay }) => {
      const bus = await replica();
      await relay(bus, happened, envelopeOf(happened, 1));
      await relay(bus, happened, envelopeOf(happened, 2, { domain_id: otherDomain }));
      await relay(bus, happened, envelopeOf(happened, 3));
      const ours = watching(bus, { afterSeq: 0, domainId: otherDomain });
      const all = watching(bus, { afterSeq: 0 });
      await eventually('all is read', () => all.seen.length === 3 && ours.seen.length === 1);
      expect(ours.numbers()).toEqual([2]);
      await Promise.all([ours.stop(), all.stop()]);
    },
  },
  {
    promise: 'a place that the store has not reached, as after a loss of the store, gives all there is',
    check: async ({ replica, relay }) => {
      const bus = await replica();
      await relay(bus, happened, envelopeOf(happened, 1));
      const watch = watching(bus, { afterSeq: 1_000_000 });
      await eventually('all is read', () => watch.seen.length === 1);
      await watch.stop();
    },
  },
  {
    promise: 'a watch ends when its signal aborts, and when the bus drains',
    check: async ({ replica, relay }) => {
      const bus = await replica();
      await relay(bus, happened, envelopeOf(happened, 1));
      const stopped = watching(bus, { afterSeq: 0 });
      const drained = watching(bus, { afterSeq: 0 });
      await eventually('both read', () => stopped.seen.length === 1 && drained.seen.length === 1);
      await stopped.stop();
      await bus.drain(1_000);
      await drained.reading;
    },
  },
];
