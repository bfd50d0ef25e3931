import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterEach, expect, it } from 'vitest';
import { createSearcher, type Searcher } from './searcher.ts';

let searcher: Searcher | undefined;
afterEach(() => searcher?.stop());

const name = { domainId: 'd', version: '1' };
const text = (parts: number): string =>
  Array.from(
    { length: parts },
    (_, at) => `# Part ${at}\n\n${`The lamp number ${at} is kept in the cellar beside the kettle. `.repeat(25)}`,
  ).join('\n\n');

it('making a large index leaves this process free', async () => {
  searcher = createSearcher({ chunksMax: 2_000, taskMs: 30_000, idleMs: 60_000 });
  await searcher.run({ kind: 'search', ...name, question: 'The thread is up?' });
  const documents = [{ id: 'large', text: text(1_000) }];
  const startedAt = performance.now();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await searcher.run({ kind: 'build', ...name, documents });
  const outcome = await searcher.run({ kind: 'search', ...name, question: 'Where is the lamp number 7 kept?' });
  delay.disable();
  expect(outcome).toMatchObject({ kind: 'found', passages: [{ documentId: 'large' }] });
  expect(delay.max / 1e6).toBeLessThan((performance.now() - startedAt) / 2);
});

it('a thread that takes too long is ended: its task failed, one that waited beside it was interrupted, the next has another', async () => {
  searcher = createSearcher({ chunksMax: 20_000, taskMs: 3_000, idleMs: 60_000 });
  const build = searcher.run({ kind: 'build', ...name, documents: [{ id: 'endless', text: text(20_000) }] });
  const beside = expect(searcher.run({ kind: 'search', ...name, question: 'Me too?' })).rejects.toMatchObject({
    code: 'service_unavailable',
  });
  expect(await build).toMatchObject({ kind: 'failed' });
  await beside;
  expect(await searcher.run({ kind: 'search', ...name, question: 'Anybody?' })).toEqual({ kind: 'missing' });
});

it('more tasks than may wait are refused at once', async () => {
  const full = (searcher = createSearcher({ chunksMax: 100, taskMs: 30_000, idleMs: 60_000 }));
  const asked = Array.from({ length: 70 }, () => full.run({ kind: 'search', ...name, question: 'Anybody?' }));
  const outcomes = await Promise.allSettled(asked);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(6);
});
