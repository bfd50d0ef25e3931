import { z } from 'zod';
import { Failure } from '../../shared/errors/failure.ts';
import { createControlPlane, unlessMissing, type Call } from '../../shared/gradient/control-plane.ts';
import { everyPage, perPage } from '../../shared/gradient/every-page.ts';
import type { InstallationTag } from '../../shared/gradient/installation.ts';
import type { Http } from '../../shared/http/contract.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import * as schemas from './client/schemas.ts';
import type { KnowledgeConfig } from './config.ts';
import type { cloudChunkingOf } from './domain.ts';

export interface CloudFile {
  readonly storedName: string;
  readonly bytes: number;
  readonly objectKey: string;
  readonly chunking: ReturnType<typeof cloudChunkingOf>;
}

export interface CloudBase {
  readonly uuid: string;
  readonly databaseId: string | null;
  readonly databaseStatus: string | null;
  readonly indexingJobUuid: string | null;
}

/** How an indexing job stands; `running` covers every phase that is not an end. */
export type IndexingOutcome = 'running' | 'succeeded' | 'failed';

/** The cloud takes fewer than 100 files at a time. */
export const filesPerBaseMax = 99;

/** The part of the Gradient control plane that holds knowledge: what we write is strict, what we read is lenient. */
export const createCloud = (config: KnowledgeConfig, clock: Clock, installationTag: InstallationTag) => {
  const { call, http } = createControlPlane(config, { userAgent: 'parley-knowledge', clock });
  const embeddingModel = modelLookup(config, call);
  return {
    /** Asked of the cloud once, when the settings do not name it. */
    embeddingModel,
    uploadFile: uploadFile(call, http),
    createBase: createBase(config, call, { embeddingModel, installationTag }),
    ...baseCalls(call),
    ...sourceCalls(call),
    ...indexingCalls(call),
    close: () => http.close(),
  };
};
export type Cloud = ReturnType<typeof createCloud>;

const uploadFile =
  (call: Call, http: Http) =>
  async (file: { readonly name: string; readonly body: Uint8Array }): Promise<string> => {
    const files = [{ file_name: file.name, file_size: String(file.body.byteLength) }];
    const path = '/knowledge_bases/data_sources/file_upload_presigned_urls';
    const { uploads } = await call('POST', path, schemas.presignedAnswer, { json: { files } });
    const [target] = uploads;
    if (target?.object_key === undefined || target.presigned_url === undefined) throw garbled('presigned URL');
    const put = await http.send({
      method: 'PUT',
      url: target.presigned_url,
      headers: { 'content-type': 'application/octet-stream' },
      body: file.body,
      timeoutMs: 60_000,
    });
    if (put.status < 200 || put.status > 299) throw new Failure('cloud_unavailable', { cause: `PUT ${put.status}` });
    return target.object_key;
  };

const createBase =
  (
    config: KnowledgeConfig,
    call: Call,
    known: { readonly embeddingModel: () => Promise<string>; readonly installationTag: InstallationTag },
  ) =>
  async (base: {
    readonly name: string;
    readonly databaseId: string | null;
    readonly files: readonly CloudFile[];
  }): Promise<CloudBase> => {
    const json = {
      name: base.name,
      embedding_model_uuid: await known.embeddingModel(),
      project_id: config.projectId,
      region: config.region,
      tags: ['parley', await known.installationTag()],
      ...(base.databaseId === null ? {} : { database_id: base.databaseId }),
      datasources: base.files.map((file) => ({
        file_upload_data_source: {
          original_file_name: file.storedName,
          size_in_bytes: String(file.bytes),
          stored_object_key: file.objectKey,
        },
        ...file.chunking,
      })),
    };
    return asBase(await call('POST', '/knowledge_bases', schemas.knowledgeBaseAnswer, { json }));
  };

const modelLookup = ({ embeddingModelUuid }: KnowledgeConfig, call: Call) => {
  let knownModel = embeddingModelUuid;
  return async (): Promise<string> => {
    if (knownModel !== undefined) return knownModel;
    const page = await call(
      'GET',
      `/models?usecases=MODEL_USECASE_KNOWLEDGEBASE&per_page=${perPage}`,
      schemas.modelsPage,
    );
    const uuid = page.models.find((model) => model.uuid !== undefined)?.uuid;
    if (uuid === undefined) throw new Failure('cloud_refused', { detail: 'The cloud offers no embedding model' });
    knownModel = uuid;
    return uuid;
  };
};

const baseCalls = (call: Call) => ({
  /** Null when the cloud does not know it. */
  getBase: async (uuid: string): Promise<CloudBase | null> =>
    unlessMissing(async () => asBase(await call('GET', `/knowledge_bases/${uuid}`, schemas.knowledgeBaseAnswer))),
  /** Looks through all pages; the oldest of several with the name. */
  findBase: async (name: string): Promise<CloudBase | null> => {
    const all = await everyPage(
      (page) => call('GET', `/knowledge_bases?page=${page}&per_page=${perPage}`, schemas.knowledgeBasesPage),
      (page) => page.knowledge_bases,
    );
    const found = all
      .filter((base) => base.name === name && base.uuid !== undefined)
      .sort((left, right) => (left.created_at ?? '').localeCompare(right.created_at ?? ''))[0];
    return found === undefined ? null : asBase({ knowledge_base: found });
  },
  deleteBase: (uuid: string): Promise<unknown> =>
    unlessMissing(() => call('DELETE', `/knowledge_bases/${uuid}`, z.unknown())),
});

const sourceCalls = (call: Call) => ({
  /** The uuid of each data source, by the name its file was uploaded under. */
  listSources: async (baseUuid: string): Promise<ReadonlyMap<string, string>> => {
    const path = `/knowledge_bases/${baseUuid}/data_sources`;
    const all = await everyPage(
      (page) => call('GET', `${path}?page=${page}&per_page=${perPage}`, schemas.dataSourcesPage),
      (page) => page.knowledge_base_data_sources,
    );
    return new Map(
      all.flatMap(({ uuid, file_upload_data_source: file }) =>
        uuid === undefined || file?.original_file_name === undefined ? [] : [[file.original_file_name, uuid]],
      ),
    );
  },
  deleteSource: (baseUuid: string, sourceUuid: string): Promise<unknown> =>
    unlessMissing(() => call('DELETE', `/knowledge_bases/${baseUuid}/data_sources/${sourceUuid}`, z.unknown())),
});

const indexingCalls = (call: Call) => ({
  startIndexing: async (baseUuid: string): Promise<string> => {
    const { job } = await call('POST', '/indexing_jobs', schemas.jobAnswer, {
      json: { knowledge_base_uuid: baseUuid },
    });
    if (job?.uuid === undefined) throw garbled('indexing job');
    return job.uuid;
  },
  /** Judged by `phase`; a job that is not found right after its start counts as running. */
  indexingOutcome: async (jobUuid: string): Promise<IndexingOutcome> => {
    const answer = await unlessMissing(() => call('GET', `/indexing_jobs/${jobUuid}`, schemas.jobAnswer));
    const phase = answer?.job?.phase;
    if (phase === 'BATCH_JOB_PHASE_SUCCEEDED') return 'succeeded';
    return phase !== undefined && failedPhases.has(phase) ? 'failed' : 'running';
  },
  /** Why single sources of a finished job failed, by data source uuid; sources that went well are absent. */
  failedSources: async (jobUuid: string): Promise<ReadonlyMap<string, string>> => {
    const answer = await call('GET', `/indexing_jobs/${jobUuid}/data_sources`, schemas.jobSourcesAnswer);
    return new Map(
      answer.indexed_data_sources.flatMap(({ data_source_uuid: uuid, status, error_msg: message }) =>
        uuid !== undefined && status !== undefined && failedSourceStates.has(status)
          ? [[uuid, message ?? 'The cloud could not index this document']]
          : [],
      ),
    );
  },
});

const failedPhases = new Set(['BATCH_JOB_PHASE_FAILED', 'BATCH_JOB_PHASE_ERROR', 'BATCH_JOB_PHASE_CANCELLED']);
const failedSourceStates = new Set(['DATA_SOURCE_STATUS_FAILED', 'DATA_SOURCE_STATUS_CANCELLED']);

const asBase = (answer: z.output<typeof schemas.knowledgeBaseAnswer>): CloudBase => {
  const base = answer.knowledge_base;
  if (base?.uuid === undefined) throw garbled('knowledge base');
  return {
    uuid: base.uuid,
    databaseId: base.database_id ?? null,
    databaseStatus: answer.database_status ?? null,
    indexingJobUuid: base.last_indexing_job?.uuid ?? null,
  };
};

const garbled = (what: string): Failure => new Failure('cloud_unavailable', { cause: `no ${what} in the answer` });
