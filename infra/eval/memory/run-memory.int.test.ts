import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { EvalError } from '../eval-error.ts';
import { runMemory } from './run-memory.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eval-memory-'));
  vi.stubEnv('TEST_DATABASE_URL', inject('postgresUrl'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const fileWith = async (content: string): Promise<string> => {
  const path = join(folder, `${content.length}.json`);
  await writeFile(path, content);
  return path;
};

it('conversations are taught, asked about and measured', async () => {
  const sample = {
    conversation: {
      speaker_a: 'Ann',
      speaker_b: 'Bo',
      session_1_date_time: '1:56 pm on 8 May, 2025',
      session_1: [
        { speaker: 'Ann', dia_id: 'D1:1', text: 'Where did you put the lantern?' },
        { speaker: 'Bo', dia_id: 'D1:2', text: 'In the cellar.' },
      ],
      session_2_date_time: '9:00 am on 2 June, 2025',
      session_2: [{ speaker: 'Bo', dia_id: 'D2:1', text: 'I painted a boat.' }],
    },
    qa: [
      { question: 'Where is the lantern?', evidence: ['D1:1; D:1:02'], category: 1 },
      { question: 'What was painted in June?', evidence: ['D2:1'], category: 2 },
      { question: 'What is not said?', evidence: ['D9:9'], category: 4 },
    ],
  };
  const figures = await runMemory(['--locomo', await fileWith(JSON.stringify([sample]))]);
  expect(figures).toMatchObject({
    questions: 2,
    recall5: 1,
    recall10: 1,
    ndcg10: 1,
    session_recall10: 1,
    evidence_any_at_721_tokens: 1,
    by_category: { 1: { questions: 1, recall5: 1, recall10: 1 }, 2: { questions: 1, recall5: 1, recall10: 1 } },
  });
});

it.each([
  { content: undefined, says: 'either --locomo FILE or --support' },
  { content: 'no json', says: 'cannot be read' },
  { content: '[{"qa": 1}]', says: 'another form' },
])('what cannot be measured is refused with words: $says', async ({ content, says }) => {
  const refused = runMemory(content === undefined ? [] : ['--locomo', await fileWith(content)]);
  await expect(refused).rejects.toThrow(EvalError);
  await expect(refused).rejects.toThrow(says);
});
