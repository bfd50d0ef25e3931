import { z } from 'zod';
import { pageOutput } from '../common.ts';
import { knowledgeBaseView } from '../knowledge.ts';
import { agentView } from '../provisioning.ts';

export const listAgentsAnswer = z.object({ agents: z.array(agentView), ...pageOutput });
export const listKnowledgeBasesAnswer = z.object({ knowledge_bases: z.array(knowledgeBaseView), ...pageOutput });
