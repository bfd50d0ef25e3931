import { afterEach, describe, it } from 'vitest';
import { durablePromises } from './conformance-durables.ts';
import { questionPromises } from './conformance-questions.ts';
import { streamPromises } from './conformance-streams.ts';
import { createWorld, type Backbone, type Features, type Promises } from './conformance-world.ts';
import { watchPromises } from './conformance-watch.ts';

/**
 * The promises of `port.ts`, put to one adapter. `open` gives an empty backbone; a promise that rests on a feature the
 * adapter does not declare is not asked of it.
 */
export const busConformance = (adapter: string, open: () => Promise<Backbone>, features: Features): void => {
  const chapters: Record<string, Promises> = {
    questions: questionPromises,
    streams: streamPromises,
    'durable messages': durablePromises,
    watching: watchPromises,
  };
  describe.each(Object.entries(chapters))(`${adapter} bus: %s`, (_chapter, promises) => {
    const closers: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const close of closers.splice(0)) await close();
    });
    const kept = promises.filter(({ needs }) => needs === undefined || features[needs]);
    it.each(kept)('$promise', async ({ check }) => {
      const backbone = await open();
      closers.push(() => backbone.close());
      await check(createWorld(backbone));
    });
  });
};
