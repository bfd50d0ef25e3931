import { Router } from 'express';
import { readBody, refuse } from './answers.ts';
import { retrieve } from './chat/grounding.ts';
import { retrieveBody } from './contract.ts';
import type { Platform } from './platform.ts';

const resultsByDefault = 10;

/** Retrieval from one knowledge base without an agent; a host of its own in the real cloud. */
export const retrieveRoutes = (platform: Platform): Router => {
  const router = Router();
  router.post('/v1/:base/retrieve', (request, response) => {
    if (!platform.state.knowledgeBases.has(request.params.base)) {
      refuse(response, 404);
      return;
    }
    const body = readBody(platform, retrieveBody, request, response);
    if (body === undefined) return;
    const { items } = retrieve(
      platform,
      [{ base: request.params.base }],
      body.query,
      body.num_results ?? resultsByDefault,
    );
    const results = items.map(({ page_content: text, metadata }) => ({ text_content: text, metadata }));
    response.json({ results, total_results: results.length });
  });
  return router;
};
