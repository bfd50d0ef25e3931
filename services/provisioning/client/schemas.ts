import { z } from 'zod';
import { paging } from '../../../shared/gradient/every-page.ts';

// The cloud's schemas require nothing and omit what is empty, so nothing is required here either except what a call is for.
const word = z.string().nullish();

const deployment = z.object({ status: word, url: word }).nullish();
const agent = z.object({
  uuid: z.string().min(1),
  deployment,
  knowledge_bases: z.array(z.object({ uuid: word })).nullish(),
});
const listedAgent = z.object({
  uuid: word,
  name: word,
  created_at: word,
  tags: z.array(z.string()).nullish(),
  deployment,
});
const listedKey = z.object({ uuid: word, name: word });
const listedModel = z.object({ uuid: word, id: word, name: word });

export const agentAnswer = z.object({ agent });
export const agentsPage = z.object({ agents: z.array(listedAgent).nullish(), ...paging });
/** A key without its secret is of no use: such an answer counts as none. */
export const newKeyAnswer = z.object({
  api_key_info: z.object({ uuid: z.string().min(1), secret_key: z.string().min(1) }),
});
export const keysPage = z.object({ api_key_infos: z.array(listedKey).nullish(), ...paging });
export const modelsPage = z.object({ models: z.array(listedModel).nullish(), ...paging });
/** An answer of which only the status counts. */
export const anyAnswer = z.unknown();

export type AgentAnswer = z.output<typeof agent>;
export type ListedAgent = z.output<typeof listedAgent>;
