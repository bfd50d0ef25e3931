import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import { keyView } from './agent-view.ts';
import { readBody, refuse } from './answers.ts';
import { createKeyBody, noBody, updateKeyBody } from './contract.ts';
import { newSecret } from './identifiers.ts';
import { sendPage } from './paging.ts';
import type { Platform } from './platform.ts';
import { nameOfAgent, type AgentKey } from './state.ts';

/** Access keys of an agent. They can be made before it is deployed. */
export const apiKeyRoutes = (platform: Platform): Router => {
  const router = Router();
  const { state } = platform;
  const find = (agentUuid: string, keyUuid: string): AgentKey | undefined => {
    const key = state.agentKeys.get(keyUuid);
    return key?.agentUuid === agentUuid ? key : undefined;
  };

  router.get('/agents/:agent/api_keys', (request, response) => {
    const { agent } = request.params;
    if (!state.agents.has(agent)) {
      refuse(response, 404);
      return;
    }
    const rows = [...state.agentKeys.values()]
      .filter(({ agentUuid }) => agentUuid === agent)
      .map((key) => keyView(key, 'without secret'));
    sendPage(platform, request, response, { key: 'api_key_infos', rows });
  });

  router.post('/agents/:agent/api_keys', (request, response) => {
    const { agent } = request.params;
    const owner = state.agents.get(agent);
    if (owner === undefined) {
      refuse(response, 404);
      return;
    }
    const body = readBody(platform, createKeyBody, request, response);
    if (body === undefined) return;
    const key = { uuid: randomUUID(), agentUuid: agent, name: body.name, secret: newSecret(), createdAt: Date.now() };
    state.agentKeys.set(key.uuid, key);
    platform.effects.made('agent_keys', nameOfAgent(owner));
    platform.changed();
    response.json({ api_key_info: keyView(key, 'with secret') });
  });

  router.put('/agents/:agent/api_keys/:key', (request, response) => {
    const key = find(request.params.agent, request.params.key);
    if (key === undefined) {
      refuse(response, 404);
      return;
    }
    const body = readBody(platform, updateKeyBody, request, response);
    if (body === undefined) return;
    key.name = body.name;
    platform.changed();
    response.json({ api_key_info: keyView(key, 'without secret') });
  });

  router.put('/agents/:agent/api_keys/:key/regenerate', (request, response) => {
    const key = find(request.params.agent, request.params.key);
    if (key === undefined) {
      refuse(response, 404);
      return;
    }
    if (readBody(platform, noBody, request, response) === undefined) return;
    key.secret = newSecret();
    platform.changed();
    response.json({ api_key_info: keyView(key, 'with secret') });
  });

  router.delete('/agents/:agent/api_keys/:key', (request, response) => {
    const key = find(request.params.agent, request.params.key);
    if (key === undefined) {
      refuse(response, 404);
      return;
    }
    state.agentKeys.delete(key.uuid);
    platform.changed();
    response.json({ api_key_info: { ...keyView(key, 'without secret'), deleted_at: new Date().toISOString() } });
  });
  return router;
};
