import { Router, type Response } from 'express';
import { sourcesOf } from './advance.ts';
import { readBody, refuse } from './answers.ts';
import { addFileSourceBody, addSourceBody, noBody, updateSourceBody } from './contract.ts';
import { addSource, kindsIn } from './knowledge-base-routes.ts';
import { sourceView } from './knowledge-base-view.ts';
import { sendPage } from './paging.ts';
import type { Platform } from './platform.ts';
import { sourceFields, type Source } from './state.ts';
import type { IncomingRequest } from '../support/incoming-request.ts';

/** Data sources of a knowledge base. One that is added later is not indexed until a job is started. */
export const dataSourceRoutes = (platform: Platform): Router => {
  const router = Router();
  const { state } = platform;
  const find = (baseUuid: string, sourceUuid: string): Source | undefined => {
    const source = state.sources.get(sourceUuid);
    return source?.knowledgeBaseUuid === baseUuid ? source : undefined;
  };

  router.get('/knowledge_bases/:base/data_sources', (request, response) => {
    if (!state.knowledgeBases.has(request.params.base)) {
      refuse(response, 404);
      return;
    }
    const rows = sourcesOf(platform, request.params.base).map(sourceView);
    sendPage(platform, request, response, { key: 'knowledge_base_data_sources', rows });
  });

  router.post('/knowledge_bases/:base/data_sources', (request, response) => {
    const base = state.knowledgeBases.get(request.params.base);
    if (base === undefined) {
      refuse(response, 404);
      return;
    }
    const given = readSource(platform, request, response);
    if (given === undefined) return;
    const fields = sourceFields.parse(given);
    if (kindsIn(fields).length !== 1) {
      refuse(response, 400, 'exactly one data source must be given');
      return;
    }
    const source = addSource(platform, base, fields);
    response.json({ knowledge_base_data_source: sourceView(source) });
  });

  router.put('/knowledge_bases/:base/data_sources/:source', (request, response) => {
    const source = find(request.params.base, request.params.source);
    if (source === undefined) {
      refuse(response, 404);
      return;
    }
    const body = readBody(platform, updateSourceBody, request, response);
    if (body === undefined) return;
    source.given = { ...source.given, ...sourceFields.parse(body) };
    source.updatedAt = Date.now();
    platform.changed();
    response.json({ knowledge_base_data_source: sourceView(source) });
  });

  router.delete('/knowledge_bases/:base/data_sources/:source', (request, response) => {
    const source = find(request.params.base, request.params.source);
    if (source === undefined) {
      refuse(response, 404);
      return;
    }
    if (readBody(platform, noBody, request, response) === undefined) return;
    state.sources.delete(source.uuid);
    platform.knowledge.forgetSource(source);
    platform.changed();
    response.json({ knowledge_base_uuid: source.knowledgeBaseUuid, data_source_uuid: source.uuid });
  });
  return router;
};

// A file for an existing base is a mistake that real clients make, so it is refused but counts as no violation.
const readSource = (platform: Platform, request: IncomingRequest, response: Response) => {
  const hasFile = addFileSourceBody.safeParse(request.body).data?.file_upload_data_source !== undefined;
  if (platform.settings().accept_file_sources) return readBody(platform, addFileSourceBody, request, response);
  if (!hasFile) return readBody(platform, addSourceBody, request, response);
  refuse(response, 400, 'no data source given: file_upload_data_source is taken only when a knowledge base is created');
  return undefined;
};
