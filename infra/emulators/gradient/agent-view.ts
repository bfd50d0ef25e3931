import { isoMoment, userId } from './identifiers.ts';
import { knowledgeBaseView } from './knowledge-base-view.ts';
import { agentModelView } from './models.ts';
import type { Platform } from './platform.ts';
import { agentFields, type Agent, type AgentKey } from './state.ts';

const shownInLists = agentFields.pick({
  name: true,
  description: true,
  instruction: true,
  project_id: true,
  tags: true,
  temperature: true,
  top_p: true,
  max_tokens: true,
  k: true,
  retrieval_method: true,
  provide_citations: true,
  reasoning_effort: true,
  thinking_token_budget: true,
  web_fetch_enabled: true,
  web_search_enabled: true,
  mcp_servers: true,
});

/** An agent as lists give it: without what is attached and without keys. */
export const publicAgentView = (agent: Agent, baseUrl: string): Record<string, unknown> => {
  return {
    uuid: agent.uuid,
    ...shownInLists.parse(agent.fields),
    region: agent.region.toLowerCase(),
    created_at: isoMoment(agent.createdAt),
    updated_at: isoMoment(agent.updatedAt),
    user_id: userId,
    // How the platform writes "none".
    route_created_at: '0001-01-01T00:00:00Z',
    model: agentModelView(agent.fields.model_uuid),
    deployment: deploymentView(agent, baseUrl),
  };
};

/** An agent as the single GET and all changes give it. */
export const agentView = (platform: Platform, agent: Agent, baseUrl: string): Record<string, unknown> => ({
  ...publicAgentView(agent, baseUrl),
  conversation_logs_enabled: agent.fields.conversation_logs_enabled,
  // Recorded answers spell it in capitals here.
  region: agent.region.toUpperCase(),
  knowledge_bases: agent.knowledgeBases.flatMap(({ uuid, attachedAt }) => {
    const base = platform.state.knowledgeBases.get(uuid);
    return base === undefined
      ? []
      : [{ ...knowledgeBaseView(platform, base), added_to_agent_at: isoMoment(attachedAt) }];
  }),
  // Looks like a bearer token, but the endpoint refuses it.
  api_keys: [{ api_key: agent.decoyKey }],
  api_key_infos: [...platform.state.agentKeys.values()]
    .filter(({ agentUuid }) => agentUuid === agent.uuid)
    .map((key) => keyView(key, 'without secret')),
});

/** A key; its secret is shown once, when it is made. */
export const keyView = (key: AgentKey, secret: 'with secret' | 'without secret'): Record<string, unknown> => ({
  uuid: key.uuid,
  name: key.name,
  created_at: isoMoment(key.createdAt),
  created_by: userId,
  ...(secret === 'with secret' ? { secret_key: key.secret } : {}),
});

/** Where an agent stands now. */
export const deploymentStatus = (agent: Agent, now: number): string => {
  if (now < agent.deployingAt) return 'STATUS_WAITING_FOR_DEPLOYMENT';
  if (now < agent.deployedAt) return 'STATUS_DEPLOYING';
  return agent.fate === 'running' ? 'STATUS_RUNNING' : 'STATUS_FAILED';
};

const deploymentView = (agent: Agent, baseUrl: string): Record<string, unknown> => {
  const status = deploymentStatus(agent, Date.now());
  return {
    uuid: agent.deploymentUuid,
    name: agent.fields.name,
    status,
    visibility: agent.visibility,
    created_at: isoMoment(agent.createdAt),
    updated_at: isoMoment(Math.min(Date.now(), agent.deployedAt)),
    ...(status === 'STATUS_RUNNING' ? { url: `${baseUrl}/agent/${agent.slug}` } : {}),
  };
};
