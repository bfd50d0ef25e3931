import { z } from 'zod';
import { paging } from '../../../shared/gradient/every-page.ts';
import { listOf, word } from '../../../shared/gradient/lenient.ts';

// Nothing is required except what a call is for.

const deployment = z.object({ status: word, url: word }).nullish().catch(null);
const agent = z.object({
  uuid: z.string().min(1),
  deployment,
  knowledge_bases: listOf(z.object({ uuid: word })),
});
const listedAgent = z.object({
  uuid: word,
  name: word,
  created_at: word,
  tags: z.array(z.string()).nullish().catch(null),
  deployment,
});
const listedKey = z.object({ uuid: word, name: word });
const listedModel = z.object({ uuid: word, id: word, name: word });

export const agentAnswer = z.object({ agent });
export const agentsPage = z.object({ agents: listOf(listedAgent), ...paging });
/** A key without its secret is of no use: such an answer counts as none. */
export const newKeyAnswer = z.object({
  api_key_info: z.object({ uuid: z.string().min(1), secret_key: z.string().min(1) }),
});
export const keysPage = z.object({ api_key_infos: listOf(listedKey), ...paging });
export const modelsPage = z.object({ models: listOf(listedModel), ...paging });
/** An answer of which only the status counts. */
export const anyAnswer = z.unknown();

export type AgentAnswer = z.output<typeof agent>;
export type ListedAgent = z.output<typeof listedAgent>;
