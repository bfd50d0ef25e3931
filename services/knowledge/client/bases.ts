import { z } from 'zod';
import { unlessMissing, type Call } from '../../../shared/gradient/control-plane.ts';
import { everyPage, perPage } from '../../../shared/gradient/every-page.ts';
import { isOfAnotherInstallation, type InstallationTag } from '../../../shared/gradient/installation.ts';
import { sharedFor } from '../../../shared/work/shared-for.ts';
import type { Clock } from '../../../shared/runtime/clock.ts';
import type { KnowledgeConfig } from '../config.ts';
import type { cloudChunkingOf } from '../domain.ts';
import { garbled } from './garbled.ts';
import * as schemas from './schemas.ts';

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

/** A base as a list shows it. */
export interface ListedBase extends CloudBase {
  readonly name: string;
  readonly tags: readonly string[];
  /** Milliseconds since the epoch; null when the cloud does not tell. */
  readonly createdAt: number | null;
}

/** The cloud takes fewer than 100 files at a time. */
export const filesPerBaseMax = 99;

interface Known {
  readonly embeddingModel: () => Promise<string>;
  readonly installationTag: InstallationTag;
  readonly clock: Clock;
}

/** How long one reading of the whole list serves all who look something up in it. */
const listSharedMs = 300;

/** Knowledge bases: made, looked at, listed and deleted. */
export const baseCalls = (config: KnowledgeConfig, call: Call, known: Known) => {
  /** All that the account has, oldest first. */
  const listBases = sharedFor(listSharedMs, known.clock, async (): Promise<readonly ListedBase[]> => {
    const all = await everyPage(
      (page) =>
        call('GET', `/knowledge_bases?page=${page}&per_page=${perPage}`, schemas.knowledgeBasesPage, {
          urgency: 'normal',
        }),
      (page) => page.knowledge_bases,
    );
    return all.flatMap(asListed).sort((left, right) => (left.createdAt ?? Infinity) - (right.createdAt ?? Infinity));
  });
  return {
    createBase: createBase(config, call, known),
    listBases,
    /** Ours with the name, oldest first; looks through all pages. */
    findBases: async (name: string): Promise<readonly CloudBase[]> => {
      const tag = await known.installationTag();
      return (await listBases()).filter((base) => base.name === name && !isOfAnotherInstallation(base.tags, tag));
    },
    /** Null when the cloud does not know it. */
    getBase: async (uuid: string): Promise<CloudBase | null> =>
      unlessMissing(async () => asBase(await call('GET', `/knowledge_bases/${uuid}`, schemas.knowledgeBaseAnswer))),
    /** One that the cloud does not know is deleted. */
    deleteBase: async (uuid: string): Promise<void> => {
      await unlessMissing(() => call('DELETE', `/knowledge_bases/${uuid}`, z.unknown()));
    },
  };
};

const createBase =
  (config: KnowledgeConfig, call: Call, known: Known) =>
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

const asBase = (answer: z.output<typeof schemas.knowledgeBaseAnswer>): CloudBase => {
  const base = answer.knowledge_base;
  if (typeof base?.uuid !== 'string') throw garbled('knowledge base');
  return {
    uuid: base.uuid,
    // An empty id is none: the cloud may write zero values out.
    databaseId: base.database_id === '' ? null : (base.database_id ?? null),
    databaseStatus: answer.database_status ?? null,
    indexingJobUuid: base.last_indexing_job?.uuid ?? null,
  };
};

const asListed = (base: z.output<typeof schemas.knowledgeBaseObject>): readonly ListedBase[] => {
  if (typeof base.uuid !== 'string' || typeof base.name !== 'string') return [];
  const createdAt = Date.parse(base.created_at ?? '');
  return [
    {
      ...asBase({ knowledge_base: base }),
      name: base.name,
      tags: base.tags ?? [],
      createdAt: Number.isNaN(createdAt) ? null : createdAt,
    },
  ];
};
