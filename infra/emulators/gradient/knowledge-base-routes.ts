import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import { sourcesOf } from './advance.ts';
import { readBody, refuse } from './answers.ts';
import {
  createKnowledgeBaseBody,
  noBody,
  sourceKinds,
  updateKnowledgeBaseBody,
  type KbDataSource,
} from './contract.ts';
import { isOnline, knowledgeBaseView } from './knowledge-base-view.ts';
import { sendPage } from './paging.ts';
import type { Platform } from './platform.ts';
import { knowledgeBaseFields, type KnowledgeBase, type Source } from './state.ts';

/** Knowledge bases: list, create, get, update, delete. */
export const knowledgeBaseRoutes = (platform: Platform): Router => {
  const router = Router();
  const { state } = platform;

  router.get('/knowledge_bases', (request, response) => {
    const rows = [...state.knowledgeBases.values()].map((base) => knowledgeBaseView(platform, base));
    sendPage(platform, request, response, { key: 'knowledge_bases', rows });
  });

  router.post('/knowledge_bases', (request, response) => {
    const body = readBody(platform, createKnowledgeBaseBody, request, response);
    if (body === undefined) return;
    const { datasources = [], region, embedding_model_uuid: embeddingModelUuid, database_id: databaseId } = body;
    if (datasources.some((given) => kindsIn(given).length !== 1)) {
      refuse(response, 400, 'each data source must have exactly one kind');
      return;
    }
    const now = Date.now();
    const base: KnowledgeBase = {
      uuid: randomUUID(),
      fields: { tags: [], ...knowledgeBaseFields.parse(body) },
      region: region ?? 'tor1',
      ...(embeddingModelUuid === undefined ? {} : { embeddingModelUuid }),
      databaseId: databaseFor(platform, databaseId, now),
      createdAt: now,
      updatedAt: now,
      firstJobDue: datasources.length > 0,
    };
    state.knowledgeBases.set(base.uuid, base);
    platform.effects.made('knowledge_bases', body.name);
    for (const given of datasources) addSource(platform, base, given);
    platform.changed();
    response.json({ knowledge_base: knowledgeBaseView(platform, base) });
  });

  router.get('/knowledge_bases/:uuid', (request, response) => {
    const base = state.knowledgeBases.get(request.params.uuid);
    if (base === undefined) {
      refuse(response, 404);
      return;
    }
    response.json({
      knowledge_base: knowledgeBaseView(platform, base),
      database_status: isOnline(platform, base) ? 'ONLINE' : 'CREATING',
    });
  });

  router.put('/knowledge_bases/:uuid', (request, response) => {
    const base = state.knowledgeBases.get(request.params.uuid);
    if (base === undefined) {
      refuse(response, 404);
      return;
    }
    const body = readBody(platform, updateKnowledgeBaseBody, request, response);
    if (body === undefined) return;
    base.fields = { ...base.fields, ...knowledgeBaseFields.parse(body) };
    if (body.database_id !== undefined) base.databaseId = databaseFor(platform, body.database_id, Date.now());
    base.updatedAt = Date.now();
    platform.changed();
    response.json({ knowledge_base: knowledgeBaseView(platform, base) });
  });

  router.delete('/knowledge_bases/:uuid', (request, response) => {
    const { uuid } = request.params;
    if (!state.knowledgeBases.has(uuid)) {
      refuse(response, 404);
      return;
    }
    if (readBody(platform, noBody, request, response) === undefined) return;
    deleteKnowledgeBase(platform, uuid);
    response.json({ uuid });
  });
  return router;
};

/** Adds a source to a base without indexing it. */
export const addSource = (platform: Platform, base: KnowledgeBase, given: KbDataSource): Source => {
  const now = Date.now();
  const source = {
    uuid: randomUUID(),
    knowledgeBaseUuid: base.uuid,
    given,
    createdAt: now,
    updatedAt: now,
    isIndexed: false,
  };
  platform.state.sources.set(source.uuid, source);
  platform.changed();
  return source;
};

/** The kinds that a data source names; the contract wants exactly one. */
export const kindsIn = (given: KbDataSource): readonly string[] =>
  sourceKinds.filter((kind) => given[kind] !== undefined);

// A new cluster takes its time; one that exists, or that only the caller knows, is there at once.
const databaseFor = ({ state, settings }: Platform, databaseId: string | undefined, now: number): string => {
  const uuid = databaseId ?? randomUUID();
  if (!state.databases.has(uuid)) {
    state.databases.set(uuid, { uuid, onlineAt: databaseId === undefined ? now + settings().database_ms : now });
  }
  return uuid;
};

// The database stays, and costs, as on the platform.
const deleteKnowledgeBase = (platform: Platform, uuid: string): void => {
  const { state, knowledge } = platform;
  for (const source of sourcesOf(platform, uuid)) state.sources.delete(source.uuid);
  for (const job of state.jobs.values()) if (job.knowledgeBaseUuid === uuid) state.jobs.delete(job.uuid);
  for (const schedule of state.schedules.values())
    if (schedule.knowledgeBaseUuid === uuid) state.schedules.delete(schedule.uuid);
  for (const agent of state.agents.values()) {
    agent.knowledgeBases = agent.knowledgeBases.filter((attached) => attached.uuid !== uuid);
  }
  state.knowledgeBases.delete(uuid);
  knowledge.forgetBase(uuid);
  platform.changed();
};
