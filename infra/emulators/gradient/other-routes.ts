import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import { readBody, refuse } from './answers.ts';
import { noBody, scheduleBody } from './contract.ts';
import { isoMoment } from './identifiers.ts';
import { modelViews, regionViews } from './models.ts';
import { sendPage } from './paging.ts';
import type { Platform } from './platform.ts';
import type { Schedule } from './state.ts';

/** Models, regions and the schedules of re-indexing (kept, but nothing runs by them). */
export const otherRoutes = (platform: Platform): Router => {
  const router = Router();
  const { schedules, knowledgeBases } = platform.state;

  router.get('/models', (request, response) => {
    // The specification repeats the key, DigitalOcean's clients join with commas.
    const usecases = [request.query['usecases'] ?? []]
      .flat()
      .flatMap((value) => (typeof value === 'string' ? value.split(',') : []));
    sendPage(platform, request, response, {
      key: 'models',
      rows: modelViews(usecases),
      filters: ['usecases', 'public_only'],
    });
  });

  router.get('/regions', (_request, response) => {
    response.json({ regions: regionViews });
  });

  router.post('/scheduled-indexing', (request, response) => {
    const body = readBody(platform, scheduleBody, request, response);
    if (body === undefined) return;
    if (!knowledgeBases.has(body.knowledge_base_uuid)) {
      refuse(response, 404);
      return;
    }
    const { knowledge_base_uuid: knowledgeBaseUuid, time, days } = body;
    const schedule = { uuid: randomUUID(), knowledgeBaseUuid, time: `${time}:00`, days, createdAt: Date.now() };
    schedules.set(schedule.uuid, schedule);
    platform.changed();
    response.json({ indexing_info: scheduleView(schedule) });
  });

  router.get('/scheduled-indexing/knowledge-base/:base', (request, response) => {
    const schedule = [...schedules.values()].find(({ knowledgeBaseUuid }) => knowledgeBaseUuid === request.params.base);
    if (schedule === undefined) {
      refuse(response, 404);
      return;
    }
    response.json({ indexing_info: scheduleView(schedule) });
  });

  router.delete('/scheduled-indexing/:uuid', (request, response) => {
    const schedule = schedules.get(request.params.uuid);
    if (schedule === undefined) {
      refuse(response, 404);
      return;
    }
    if (readBody(platform, noBody, request, response) === undefined) return;
    schedules.delete(schedule.uuid);
    platform.changed();
    response.json({
      indexing_info: { ...scheduleView(schedule), is_active: false, deleted_at: isoMoment(Date.now()) },
    });
  });
  return router;
};

const scheduleView = (schedule: Schedule): Record<string, unknown> => ({
  uuid: schedule.uuid,
  knowledge_base_uuid: schedule.knowledgeBaseUuid,
  time: schedule.time,
  days: schedule.days,
  is_active: true,
  created_at: isoMoment(schedule.createdAt),
  updated_at: isoMoment(schedule.createdAt),
});
