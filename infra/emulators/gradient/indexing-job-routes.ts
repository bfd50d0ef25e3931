import { Router } from 'express';
import { sourcesOf, startJob } from './advance.ts';
import { baseUrlOf } from './agent-routes.ts';
import { readBody, refuse } from './answers.ts';
import { cancelJobBody, startJobBody } from './contract.ts';
import { indexedSourceViews, jobView } from './job-view.ts';
import { isOnline } from './knowledge-base-view.ts';
import { sendPage } from './paging.ts';
import type { Platform } from './platform.ts';

const latestOfBase = 15;

/** Indexing jobs: start, list, get, cancel, what they did. */
export const indexingJobRoutes = (platform: Platform): Router => {
  const router = Router();
  const { state } = platform;

  router.post('/indexing_jobs', (request, response) => {
    const body = readBody(platform, startJobBody, request, response);
    if (body === undefined) return;
    const base = state.knowledgeBases.get(body.knowledge_base_uuid);
    if (base === undefined) {
      refuse(response, 404);
      return;
    }
    if (!isOnline(platform, base)) {
      refuse(response, 500, 'failed to get db creds');
      return;
    }
    const all = sourcesOf(platform, base.uuid);
    const wanted = body.data_source_uuids ?? [];
    if (wanted.some((uuid) => !all.some((source) => source.uuid === uuid))) {
      refuse(response, 404);
      return;
    }
    const sources = wanted.length === 0 ? all : all.filter(({ uuid }) => wanted.includes(uuid));
    response.json({ job: jobView(startJob(platform, base, sources, Date.now())) });
  });

  router.get('/indexing_jobs', (request, response) => {
    const rows = [...state.jobs.values()].reverse().map(jobView);
    sendPage(platform, request, response, { key: 'jobs', rows });
  });

  router.get('/knowledge_bases/:base/indexing_jobs', (request, response) => {
    if (!state.knowledgeBases.has(request.params.base)) {
      refuse(response, 404);
      return;
    }
    const jobs = [...state.jobs.values()].filter(({ knowledgeBaseUuid }) => knowledgeBaseUuid === request.params.base);
    const rows = jobs.slice(-latestOfBase).reverse().map(jobView);
    sendPage(platform, request, response, { key: 'jobs', rows });
  });

  router.get('/indexing_jobs/:uuid', (request, response) => {
    const job = state.jobs.get(request.params.uuid);
    if (job === undefined) {
      refuse(response, 404);
      return;
    }
    if (job.isHidden) {
      job.isHidden = false;
      refuse(response, 404);
      return;
    }
    response.json({ job: jobView(job) });
  });

  router.put('/indexing_jobs/:uuid/cancel', (request, response) => {
    const job = state.jobs.get(request.params.uuid);
    if (job === undefined) {
      refuse(response, 404);
      return;
    }
    if (readBody(platform, cancelJobBody, request, response) === undefined) return;
    job.end ??= { at: Date.now(), phase: 'CANCELLED', status: 'CANCELLED' };
    platform.changed();
    response.json({ job: jobView(job) });
  });

  router.get('/indexing_jobs/:uuid/data_sources', (request, response) => {
    const job = state.jobs.get(request.params.uuid);
    if (job === undefined) {
      refuse(response, 404);
      return;
    }
    response.json({ indexed_data_sources: indexedSourceViews(job) });
  });

  router.get('/indexing_jobs/:uuid/details_signed_url', (request, response) => {
    const job = state.jobs.get(request.params.uuid);
    if (job === undefined) {
      refuse(response, 404);
      return;
    }
    response.json({ signed_url: `${baseUrlOf(platform, request)}/storage/reports/${job.uuid}.csv` });
  });
  return router;
};
