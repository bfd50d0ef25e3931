import { Router } from 'express';
import { agentView, deploymentStatus } from './agent-view.ts';
import { baseUrlOf } from './agent-routes.ts';
import { readBody, refuse } from './answers.ts';
import { attachManyBody, attachOneBody, noBody } from './contract.ts';
import type { Platform } from './platform.ts';
import type { Agent } from './state.ts';

/** Attaching knowledge bases to agents: only once an agent runs, and again and again without harm. */
export const attachmentRoutes = (platform: Platform): Router => {
  const router = Router();
  const { state } = platform;
  // An agent that is still being deployed is answered as if it did not exist.
  const runningAgent = (uuid: string): Agent | undefined => {
    const agent = state.agents.get(uuid);
    return agent !== undefined && deploymentStatus(agent, Date.now()) === 'STATUS_RUNNING' ? agent : undefined;
  };
  const attach = (agent: Agent, uuids: readonly string[]): void => {
    for (const uuid of uuids) {
      if (agent.knowledgeBases.some((attached) => attached.uuid === uuid)) continue;
      agent.knowledgeBases.push({ uuid, attachedAt: Date.now() });
    }
    platform.changed();
  };

  router.post('/agents/:agent/knowledge_bases', (request, response) => {
    const body = readBody(platform, attachManyBody, request, response);
    if (body === undefined) return;
    const agent = runningAgent(request.params.agent);
    if (agent === undefined || body.knowledge_base_uuids.some((uuid) => !state.knowledgeBases.has(uuid))) {
      refuse(response, 404);
      return;
    }
    attach(agent, body.knowledge_base_uuids);
    response.json({ agent: agentView(platform, agent, baseUrlOf(platform, request)) });
  });

  router.post('/agents/:agent/knowledge_bases/:base', (request, response) => {
    if (readBody(platform, attachOneBody, request, response) === undefined) return;
    const agent = runningAgent(request.params.agent);
    if (agent === undefined || !state.knowledgeBases.has(request.params.base)) {
      refuse(response, 404);
      return;
    }
    attach(agent, [request.params.base]);
    response.json({ agent: agentView(platform, agent, baseUrlOf(platform, request)) });
  });

  router.delete('/agents/:agent/knowledge_bases/:base', (request, response) => {
    if (readBody(platform, noBody, request, response) === undefined) return;
    const agent = state.agents.get(request.params.agent);
    if (agent?.knowledgeBases.some(({ uuid }) => uuid === request.params.base) !== true) {
      refuse(response, 404);
      return;
    }
    agent.knowledgeBases = agent.knowledgeBases.filter(({ uuid }) => uuid !== request.params.base);
    platform.changed();
    response.json({ agent: agentView(platform, agent, baseUrlOf(platform, request)) });
  });
  return router;
};
