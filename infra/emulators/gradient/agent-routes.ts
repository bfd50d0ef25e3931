import { randomUUID } from 'node:crypto';
import { Router, type Response } from 'express';
import { agentView, deploymentStatus, publicAgentView } from './agent-view.ts';
import { readBody, refuse } from './answers.ts';
import { createAgentBody, updateAgentBody, visibilityBody } from './contract.ts';
import { newSecret, newSlug } from './identifiers.ts';
import { sendPage } from './paging.ts';
import type { Platform } from './platform.ts';
import { agentFields, type Agent } from './state.ts';
import type { IncomingRequest } from '../support/incoming-request.ts';

/** Agents: list, create, get, update, delete, visibility. */
export const agentRoutes = (platform: Platform): Router => {
  const router = Router();
  const { state } = platform;
  const send = (request: IncomingRequest, response: Response, agent: Agent): void => {
    response.json({ agent: agentView(platform, agent, baseUrlOf(platform, request)) });
  };

  router.get('/agents', (request, response) => {
    const onlyDeployed = request.query['only_deployed'] === 'true';
    const rows = [...state.agents.values()]
      .filter((agent) => !onlyDeployed || deploymentStatus(agent, Date.now()) === 'STATUS_RUNNING')
      .map((agent) => publicAgentView(agent, baseUrlOf(platform, request)));
    sendPage(platform, request, response, { key: 'agents', rows, filters: ['only_deployed'] });
  });

  router.post('/agents', (request, response) => {
    const body = readBody(platform, createAgentBody, request, response);
    if (body === undefined) return;
    const { knowledge_base_uuid: bases = [], region } = body;
    const unknown = bases.find((uuid) => !state.knowledgeBases.has(uuid));
    if (unknown !== undefined) {
      refuse(response, 404);
      return;
    }
    const unindexed = bases.find((uuid) => platform.knowledge.indexOf(uuid).size() === 0);
    if (unindexed !== undefined) {
      refuse(response, 400, `knowledge base ${unindexed} has no indexed content; index it first`);
      return;
    }
    const agent = newAgent(platform, region, agentFields.parse(body));
    agent.knowledgeBases = bases.map((uuid) => ({ uuid, attachedAt: agent.createdAt }));
    state.agents.set(agent.uuid, agent);
    platform.effects.made('agents', body.name);
    platform.changed();
    send(request, response, agent);
  });

  router.get('/agents/:uuid', (request, response) => {
    const agent = state.agents.get(request.params.uuid);
    if (agent === undefined) {
      refuse(response, 404);
      return;
    }
    send(request, response, agent);
  });

  router.put('/agents/:uuid', (request, response) => {
    const agent = state.agents.get(request.params.uuid);
    if (agent === undefined) {
      refuse(response, 404);
      return;
    }
    const body = readBody(platform, updateAgentBody, request, response);
    if (body === undefined) return;
    const cleared = body.clear_mcp_servers === true ? { mcp_servers: [] } : {};
    agent.fields = { ...agent.fields, ...agentFields.parse(body), ...cleared };
    agent.updatedAt = Date.now();
    platform.changed();
    send(request, response, agent);
  });

  router.put('/agents/:uuid/deployment_visibility', (request, response) => {
    const agent = state.agents.get(request.params.uuid);
    if (agent === undefined) {
      refuse(response, 404);
      return;
    }
    const body = readBody(platform, visibilityBody, request, response);
    if (body === undefined) return;
    agent.visibility = body.visibility;
    platform.changed();
    send(request, response, agent);
  });

  router.delete('/agents/:uuid', (request, response) => {
    const agent = state.agents.get(request.params.uuid);
    if (agent === undefined) {
      refuse(response, 404);
      return;
    }
    const view = agentView(platform, agent, baseUrlOf(platform, request));
    state.agents.delete(agent.uuid);
    for (const key of state.agentKeys.values()) if (key.agentUuid === agent.uuid) state.agentKeys.delete(key.uuid);
    platform.changed();
    response.json({ agent: view });
  });
  return router;
};

/** The emulator's own address as the caller sees it, so that it holds behind other host names too. */
export const baseUrlOf = ({ publicUrl }: Platform, request: IncomingRequest): string =>
  publicUrl ?? `${request.protocol}://${request.get('host') ?? 'localhost'}`;

const defaults = {
  k: 10,
  temperature: 0.7,
  top_p: 0.9,
  max_tokens: 512,
  retrieval_method: 'RETRIEVAL_METHOD_NONE',
  provide_citations: false,
  conversation_logs_enabled: false,
} as const;

const newAgent = (platform: Platform, region: string, fields: Agent['fields']): Agent => {
  const { deploy_ms: deployMs, fail_deployments: failures } = platform.settings();
  if (failures > 0) platform.settings().fail_deployments = failures - 1;
  const now = Date.now();
  return {
    uuid: randomUUID(),
    fields: { ...defaults, tags: [], ...fields },
    region,
    slug: newSlug(),
    decoyKey: newSecret(),
    createdAt: now,
    updatedAt: now,
    deployingAt: now + Math.floor(deployMs / 4),
    deployedAt: now + deployMs,
    deploymentUuid: randomUUID(),
    fate: failures > 0 ? 'failed' : 'running',
    visibility: 'VISIBILITY_PRIVATE',
    knowledgeBases: [],
  };
};
