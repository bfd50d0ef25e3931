import { Router, type Response } from 'express';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FaultInjection } from '../../support/fault-middleware.ts';
import { readByContract } from '../../support/strict-body.ts';
import { deploymentStatus } from '../agent-view.ts';
import type { Platform } from '../platform.ts';
import { nameOfAgent, type Agent } from '../state.ts';
import { chatBody, type ChatBody } from './chat-contract.ts';
import { sendStream, sendWhole } from './completion.ts';
import { replyTo } from './reply.ts';
import type { IncomingRequest } from '../../support/incoming-request.ts';

/** The endpoints of the agents themselves; another credential and another error style than the control plane's. */
export const chatRoutes = (platform: Platform, faults: FaultInjection): Router => {
  const router = Router();

  router.get('/agent/:slug/health', (request, response) => {
    if (agentAt(platform, request.params.slug) === undefined) {
      refuse(response, 404, 'Not Found');
      return;
    }
    response.json({ status: 'ok' });
  });

  router.get('/agent/:slug/openapi.json', (request, response) => {
    if (agentAt(platform, request.params.slug) === undefined) {
      refuse(response, 404, 'Not Found');
      return;
    }
    response.json({
      openapi: '3.1.0',
      info: { title: 'Agent', version: '1' },
      paths: { '/api/v1/chat/completions': {} },
    });
  });

  router.post('/agent/:slug/api/v1/chat/completions', async (request, response) => {
    const agent = agentAt(platform, request.params.slug);
    if (agent === undefined) {
      refuse(response, 404, 'Not Found');
      return;
    }
    const token = /^Bearer (.+)$/u.exec(request.get('authorization') ?? '')?.[1];
    if (token === undefined) {
      refuse(response, 401, 'Not authenticated');
      return;
    }
    if (!opens(platform, agent, token)) {
      refuse(response, 401, 'Invalid access token');
      return;
    }
    const body = readChat(platform, request, response);
    if (body === undefined) return;
    platform.effects.made('completions', nameOfAgent(agent));
    const aborted = new AbortController();
    response.once('close', () => aborted.abort());
    const reply = replyTo(platform, agent, body, aborted.signal);
    const completion = { platform, agent, body, reply, midstream: faults.midstreamOf(request) };
    await (body.stream === true ? sendStream(completion, response) : sendWhole(completion, response));
  });
  return router;
};

/** FastAPI's error body. */
export const refuse = (response: Response, status: number, detail: unknown): void => {
  response.status(status).json({ detail });
};

const agentAt = ({ state }: Platform, slug: string): Agent | undefined => {
  const agent = [...state.agents.values()].find((each) => each.slug === slug);
  return agent !== undefined && deploymentStatus(agent, Date.now()) === 'STATUS_RUNNING' ? agent : undefined;
};

const opens = ({ state }: Platform, agent: Agent, token: string): boolean =>
  [...state.agentKeys.values()].some(({ agentUuid, secret }) => agentUuid === agent.uuid && isSame(secret, token));

const isSame = (left: string, right: string): boolean => timingSafeEqual(digest(left), digest(right));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const readChat = (platform: Platform, request: IncomingRequest, response: Response): ChatBody | undefined => {
  const { strict } = platform.settings();
  const verdict = readByContract(chatBody, request.body, strict);
  if (verdict.accepted) return verdict.body;
  if (strict) platform.journal.violate(request, verdict.reason);
  refuse(response, 422, [{ loc: ['body'], msg: verdict.reason, type: 'value_error' }]);
  return undefined;
};
