import { Router, type RequestHandler } from 'express';
import { accountBody, augmentationBody, messagesBody, recallBody } from './contract.ts';
import { ownerOf, type Recalled, type Subject } from './memories.ts';
import { keyOf, readBody, type Service } from './service.ts';
import type { Settings } from './settings.ts';
import type { Memory } from './state.ts';

const recallByDefault = 5;
const historyMax = 10;

/** Memori Cloud as its present SDK calls it. Both hosts of the real service are this one. */
export const cloudRoutes = (service: Service): Router => {
  const router = Router();
  const { memories, settings } = service;
  router.use(['/v1/cloud', '/v1/sdk'], authenticate(service));
  const subjectOf = (request: Parameters<typeof keyOf>[1], entity: string): Subject => ({
    owner: ownerOf(keyOf(service, request) ?? ''),
    entity,
  });

  router.post('/v1/cloud/conversation/messages', (request, response) => {
    const body = readBody(service, messagesBody, request, response);
    if (body === undefined) return;
    const subject = subjectOf(request, body.attribution.entity.id);
    for (const { role, text } of body.messages) {
      memories.add(subject, { session: body.session.id, kind: 'message', role, text, visibleAt: Date.now() });
    }
    response.status(201).json({});
  });

  router.post('/v1/cloud/recall', (request, response) => {
    const body = readBody(service, recallBody, request, response);
    if (body === undefined) return;
    const subject = subjectOf(request, body.attribution.entity.id);
    const found = memories.recall(subject, 'fact', body.query, body.limit ?? recallByDefault);
    response.json(recallAnswer(settings(), found, memories.latest(subject, 'message', historyMax)));
  });

  router.post(['/v1/cloud/augmentation', '/v1/sdk/augmentation'], (request, response) => {
    const body = readBody(service, augmentationBody, request, response);
    if (body === undefined) return;
    const subject = subjectOf(request, body.meta.attribution.entity.id);
    const facts = body.conversation.messages.filter(({ role }) => role === 'user').map(({ content }) => content);
    const visibleAt = Date.now() + settings().augmentation_ms;
    for (const text of facts) {
      memories.add(subject, { session: body.session?.id ?? '', kind: 'fact', role: 'user', text, visibleAt });
    }
    response.json({
      entity: { facts, semantic_triples: [] },
      process: { attributes: [] },
      conversation: { summary: facts.join(' ').slice(0, 500) },
    });
  });

  router.get('/v1/sdk/quota', (request, response) => {
    const num = memories.countOf(subjectOf(request, '').owner);
    response.json({ memories: { max: settings().memories_max, num }, message: 'ok' });
  });

  router.post('/v1/sdk/account', (request, response) => {
    if (readBody(service, accountBody, request, response) === undefined) return;
    response.json({ content: 'Check your mail.' });
  });
  return router;
};

const authenticate =
  (service: Service): RequestHandler =>
  (request, response, next) => {
    if (keyOf(service, request) !== undefined && request.get('x-memori-api-key') !== undefined) {
      next();
      return;
    }
    response.status(401).json({ message: 'Invalid API key' });
  };

const recallAnswer = (
  { recall_shape: shape }: Settings,
  found: readonly Recalled[],
  history: readonly Memory[],
): unknown => {
  const facts = found.map(({ memory, score }) => ({
    id: memory.uuid,
    content: memory.text,
    rank_score: score,
    similarity: score,
    date_created: new Date(memory.at).toISOString(),
    summaries: [],
  }));
  if (shape === 'list') return facts;
  const messages = history.toReversed().map(({ role, text }) => ({ role, content: text }));
  const items = shape === 'strings' ? facts.map(({ content }) => content) : facts;
  return { [shape === 'strings' ? 'facts' : shape]: items, summaries: [], messages };
};
