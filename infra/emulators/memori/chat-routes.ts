import { Router } from 'express';
import { chatBody } from './contract.ts';
import { ownerOf } from './memories.ts';
import { keyOf, readBody, type Service } from './service.ts';

const rememberedMax = 5;

/** The older chat API and the validation of keys. */
export const chatRoutes = (service: Service): Router => {
  const router = Router();

  router.post('/v1/chat', (request, response) => {
    const key = keyOf(service, request);
    if (key === undefined) {
      response.status(401).json({ error: 'Invalid API key' });
      return;
    }
    const body = readBody(service, chatBody, request, response);
    if (body === undefined) return;
    const { session_id: session, user_id: entity } = body.context;
    const subject = { owner: ownerOf(key), entity };
    const said = body.messages[0]?.content.trim() ?? '';
    const recalled =
      said === ''
        ? service.memories.latest(subject, 'message', rememberedMax)
        : service.memories.recall(subject, 'message', said, rememberedMax).map(({ memory }) => memory);
    if (said !== '') {
      service.memories.add(subject, { session, kind: 'message', role: 'user', text: said, visibleAt: Date.now() });
    }
    response.json({
      response: recalled.map(({ text }) => text).join('\n'),
      memory_context: { memories_used: recalled.length },
      conversation_stored: said !== '',
    });
  });

  router.post('/functions/v1/validate-api-key', (request, response) => {
    const key = keyOf(service, request);
    if (key === undefined) {
      response.status(401).json({ error: 'Invalid API key' });
      return;
    }
    response.json({
      valid: !key.includes('revoked') && !service.settings().revoked_keys.includes(key),
      user: { id: ownerOf(key).slice(0, 12), email: 'owner@example.com', full_name: 'A Site Owner' },
      project: { name: 'Emulated project' },
      api_key_info: { created_at: '2025-01-15T00:00:00Z' },
    });
  });
  return router;
};
