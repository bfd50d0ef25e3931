import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EvalError } from './eval-error.ts';
import { runEval } from './run-eval.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eval-'));
  await write('docs.jsonl', [
    { id: 'lamp', title: 'Lamps', text: 'The Comet lamp runs eleven hours on one charge.' },
    { id: 'post', title: 'Shipping', text: 'We ship to Norway and Iceland by boat.' },
  ]);
  await write('queries.jsonl', [
    { id: 1, text: 'How many hours does the Comet lamp run?', relevant: ['lamp'], answers: ['eleven hours'] },
    { id: 2, text: 'Do you ship to Iceland?', relevant: ['post'], answers: ['by boat'] },
  ]);
  await writeFile(join(folder, 'oos.json'), JSON.stringify({ oos: ['Who won the match in Madrid?'], licence: 'own' }));
});
afterAll(() => rm(folder, { recursive: true }));

const write = (name: string, lines: readonly unknown[]): Promise<void> =>
  writeFile(join(folder, name), lines.map((line) => JSON.stringify(line)).join('\n'));

it('retrieval is measured by documents found, answers in chunks, answers said, and cost', async () => {
  const figures = await runEval(['retrieval', '--data', folder]);
  expect(figures).toMatchObject({
    docs: 2,
    queries: 2,
    ndcg10: 1,
    recall5: 1,
    recall10: 1,
    mrr10: 1,
    hit1: 1,
    answer_in_top5: 1,
    answer_in_3_sentences: 1,
  });
  expect(Object.keys(figures)).toEqual(
    expect.arrayContaining(['query_ms_p50', 'query_ms_p95', 'index_ms_per_1k', 'rss_mb']),
  );
});

it('answers and refusals are measured against questions of strangers', async () => {
  expect(await runEval(['answerable', '--data', folder, '--oos', join(folder, 'oos.json')])).toMatchObject({
    queries: 2,
    oos: 1,
    answered_at_5pct_false: 1,
    answered_at_gate: 1,
    false_at_gate: 0,
  });
});

it.each([
  { parameters: ['retrieval'], says: '--data is missing' },
  { parameters: ['answerable', '--data', '.'], says: '--oos is missing' },
  { parameters: ['retrieval', '--data', '.', '--speed'], says: "Unknown option '--speed'" },
  { parameters: ['retrieval', '--data', '/nowhere'], says: '/nowhere/docs.jsonl cannot be read' },
  { parameters: [], says: '--data is missing' },
])('$parameters is refused: $says', async ({ parameters, says }) => {
  const refused = runEval(parameters);
  await expect(refused).rejects.toThrow(EvalError);
  await expect(refused).rejects.toThrow(says);
});

it.each([
  { lines: 'not json', says: 'line 1: this is not JSON' },
  { lines: '{"id":"a","text":"b"}\n{"id":"c"}', says: 'line 2' },
  { lines: '{"id":"a","text":"b"}\n{"id":"a","text":"c"}', says: 'an id stands twice' },
  { lines: '\n', says: 'is empty' },
])('documents that are wrong are refused with their place: $says', async ({ lines, says }) => {
  const other = await mkdtemp(join(tmpdir(), 'eval-'));
  await writeFile(join(other, 'docs.jsonl'), lines);
  await expect(runEval(['retrieval', '--data', other])).rejects.toThrow(says);
  await rm(other, { recursive: true });
});
