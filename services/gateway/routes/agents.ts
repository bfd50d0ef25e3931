import { z } from 'zod';
import { listAgentsAnswer, listKnowledgeBasesAnswer } from '../../../shared/contracts/http/agents.ts';
import { pageQuery } from '../../../shared/contracts/http/fields.ts';
import { listKnowledgeBases } from '../../../shared/contracts/knowledge.ts';
import { listAgents } from '../../../shared/contracts/provisioning.ts';
import { route } from '../http/route.ts';

/** All agents for the admin, its own for a domain key. */
export const listAgentsRoute = route({
  method: 'get',
  path: '/agents',
  tag: 'operation',
  summary: 'List agents',
  credential: 'tenant',
  input: z.object({ query: pageQuery }),
  output: listAgentsAnswer,
  handle:
    ({ bus }) =>
    ({ query }, { caller, call }) =>
      bus.ask(listAgents, { ...query, domain_id: caller.domain?.domain_id }, call()),
});

/** All knowledge bases for the admin, its own for a domain key. */
export const listKnowledgeBasesRoute = route({
  method: 'get',
  path: '/knowledge-bases',
  tag: 'operation',
  summary: 'List knowledge bases',
  credential: 'tenant',
  input: z.object({ query: pageQuery }),
  output: listKnowledgeBasesAnswer,
  handle:
    ({ bus }) =>
    ({ query }, { caller, call }) =>
      bus.ask(listKnowledgeBases, { ...query, domain_id: caller.domain?.domain_id }, call()),
});
