import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { z } from 'zod';
import { createFolderBlobs } from '../../../shared/blobs/folder.ts';
import type { BlobStore } from '../../../shared/blobs/port.ts';
import { listJobItems, listJobs, retryJob } from '../../../shared/contracts/knowledge-jobs.ts';
import { rollBack, takeSnapshot } from '../../../shared/contracts/knowledge-snapshots.ts';
import {
  cancelJob,
  getDocument,
  getJob,
  ingestDocument,
  kbIndexed,
  kbRetired,
  listDocuments,
  readDocument,
  reindexDocument,
  removeDocument,
  searchPassages,
  type JobView,
} from '../../../shared/contracts/knowledge.ts';
import { envelopeSchema, type Envelope, type Event, type Query } from '../../../shared/contracts/message.ts';
import {
  domainRegistered,
  domainRemoved,
  kbAttached,
  kbDetached,
  kbRefused,
} from '../../../shared/contracts/provisioning.ts';
import { envelopeFor } from '../../../shared/outbox/outbox.ts';
import type { Running } from '../../../shared/runtime/platform.ts';
import { startClouds } from '../../../tests/support/clouds.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { openPlatform, type TestPlatform } from '../../../tests/support/platform.ts';
import { knowledge } from '../service.ts';

/** Waiting times of the service, short enough for tests. */
const quick = {
  GRADIENT_CALL_TIMEOUT_MS: '400',
  GRADIENT_SETTLE_MS: '1000',
  OUTSIDE_REST_MS: '200',
  KNOWLEDGE_POLL_MIN_MS: '20',
  KNOWLEDGE_POLL_MAX_MS: '100',
};

/** The service alone on a bus and a database of its own, with the emulated cloud, and a stand-in for provisioning. */
export const openWorld = async (options: { readonly settings?: Readonly<Record<string, string>> } = {}) => {
  const [platform, clouds, folder] = await Promise.all([
    openPlatform(),
    startClouds({ databaseMs: 100, indexMs: 30 }),
    mkdtemp(join(tmpdir(), 'parley-knowledge-')),
  ]);
  const { bus, clock, database, sql } = platform;
  const blobs = createFolderBlobs({ clock, folder });
  const environment = { ...platform.environment, ...quick, ...clouds.environment, ...options.settings };
  const running: Running[] = [await knowledge.start({ ...platform, blobs, environment })];

  const tell = <E extends Event>(contract: E, domainId: string, data: z.input<E['data']>): Promise<void> =>
    bus.publish(contract, envelopeFor(clock, contract, { domainId, data }));
  const stopping = new AbortController();
  let attachesAtOnce = true;
  const waiting: (() => Promise<void>)[] = [];
  const attaching = attachAll();
  /** What provisioning does with bases: those that are indexed are attached, those that retire are detached. */
  async function attachAll(): Promise<void> {
    for await (const { envelope } of bus.watch({ signal: stopping.signal })) {
      const { domain_id: domainId, name, data } = envelope;
      const kb_uuid = String(data['kb_uuid']);
      const attach = (): Promise<void> => tell(kbAttached, domainId, { agent_uuid: 'agent', kb_uuid });
      if (name === kbIndexed.name && attachesAtOnce) await attach();
      else if (name === kbIndexed.name) waiting.push(attach);
      if (name === kbRetired.name) await tell(kbDetached, domainId, { kb_uuid });
    }
  }

  return {
    ...questions(platform, blobs),
    cloud: clouds.gradient,
    told: toldBy(platform),
    inCloud: inCloud(clouds.environment['GRADIENT_BASE_URL'] ?? ''),
    database,
    sql,
    registered: async (domain_name: string, domainId = clock.newId()): Promise<string> => {
      const website_key = clock.newId().replaceAll('-', '').slice(0, 16);
      await tell(domainRegistered, domainId, { domain_name, website_key });
      return domainId;
    },
    removed: (domainId: string): Promise<void> => tell(domainRemoved, domainId, { website_key: '0'.repeat(16) }),
    /** Bases that get indexed wait for `attach`. */
    holdAttaching: (): void => {
      attachesAtOnce = false;
    },
    attach: async (): Promise<void> => {
      attachesAtOnce = true;
      for (const attach of waiting.splice(0)) await attach();
    },
    /** The agent is not given the domain's newest base. */
    refuse: refuse(platform),
    bases: (domainId: string) => sql<BaseRow>(basesOfDomain, [domainId]),
    /** Another process of the service over the same bus and database. */
    startReplica: async (): Promise<void> => {
      running.push(await knowledge.start({ ...platform, blobs, environment }));
    },
    close: async () => {
      for (const part of running) await part.stop();
      stopping.abort();
      await attaching;
      await platform.close();
      await Promise.all([clouds.stop(), rm(folder, { recursive: true, force: true })]);
    },
  };
};
const refuse =
  ({ bus, clock, sql }: TestPlatform) =>
  async (domainId: string, message: string): Promise<void> => {
    const kb_uuid = (await sql<BaseRow>(basesOfDomain, [domainId])).at(-1)?.kb_uuid ?? '';
    const data = { kb_uuid, error: { code: 'cloud_refused', message } };
    await bus.publish(kbRefused, envelopeFor(clock, kbRefused, { domainId, data }));
  };

/** Envelopes of a domain that were owed to the bus, by name. */
const toldBy =
  ({ sql }: TestPlatform) =>
  async (domainId: string, names: readonly string[]): Promise<readonly Envelope[]> => {
    const rows = await sql<{ envelope: unknown }>('select envelope from outbox order by id');
    const envelopes = rows.map(({ envelope }) => envelopeSchema.parse(envelope));
    return envelopes.filter(({ domain_id, name }) => domain_id === domainId && names.includes(name));
  };

interface BaseRow {
  readonly state: string;
  readonly kb_name: string;
  readonly kb_uuid: string | null;
}
const versionsOfDocument = `
  select version || ' ' || state as version from documents where original_id = $1 and state <> 'removing'
  order by documents.version desc, copy desc`;
const basesOfDomain = 'select state, kb_name, kb_uuid from knowledge_bases where domain_id = $1 order by created_at';

/** The control plane as a second client of the account would use it. */
const inCloud =
  (baseUrl: string) =>
  async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { authorization: 'Bearer emulated', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}`);
    return response.json();
  };

/** What others ask of the service. */
const questions = ({ bus, clock, sql }: TestPlatform, blobs: BlobStore) => {
  const ask = <Q extends Query>(contract: Q, input: z.input<Q['input']>): Promise<z.output<Q['output']>> =>
    bus.ask(contract, input, { deadlineAt: clock.now() + 20_000, correlationId: clock.newId() });
  const job = async (domainId: string, jobId: string): Promise<JobView> =>
    (await ask(getJob, { domain_id: domainId, job_id: jobId })).job;
  return {
    ask,
    job,
    /** Rows of a document, newest first, as `version state`; what is on its way out is left out. */
    versions: async (documentId: string): Promise<readonly string[]> =>
      (await sql<{ version: string }>(versionsOfDocument, [documentId])).map(({ version }) => version),
    ingest: async (
      domainId: string,
      filename: string,
      text: string,
      options: Partial<z.input<typeof ingestDocument.input>> = {},
    ) => {
      const { ref: blob } = await blobs.put(Readable.from([Buffer.from(text)]), 1_000_000);
      return ask(ingestDocument, { domain_id: domainId, blob, filename, kind: 'file', ...options });
    },
    remove: (domainId: string, document_id: string) => ask(removeDocument, { domain_id: domainId, document_id }),
    cancel: (domainId: string, job_id: string) => ask(cancelJob, { domain_id: domainId, job_id }),
    reindex: (domainId: string, document_id: string) => ask(reindexDocument, { domain_id: domainId, document_id }),
    document: (domainId: string, document_id: string) => ask(getDocument, { domain_id: domainId, document_id }),
    read: (domainId: string, document_id: string, part: Partial<z.input<typeof readDocument.input>> = {}) =>
      ask(readDocument, { domain_id: domainId, document_id, ...part }),
    retry: (domainId: string, job_id: string, which: { document_id?: string; url?: string } = {}) =>
      ask(retryJob, { domain_id: domainId, job_id, ...which }),
    jobs: (domainId: string) => ask(listJobs, { domain_id: domainId }),
    items: (domainId: string, job_id: string, page: Partial<z.input<typeof listJobItems.input>> = {}) =>
      ask(listJobItems, { domain_id: domainId, job_id, ...page }),
    snapshot: async (domainId: string, name: string) =>
      (await ask(takeSnapshot, { domain_id: domainId, name })).snapshot,
    rollBack: (domainId: string, snapshot_id: string, keep_as?: string) =>
      ask(rollBack, { domain_id: domainId, snapshot_id, ...(keep_as === undefined ? {} : { keep_as }) }),
    search: async (domainId: string, question: string) =>
      (await ask(searchPassages, { domain_id: domainId, question })).passages,
    documents: async (domainId: string) => (await ask(listDocuments, { domain_id: domainId })).documents,
    jobEnd: (domainId: string, jobId: string): Promise<JobView> =>
      eventually(async () => {
        const seen = await job(domainId, jobId);
        return ['done', 'failed', 'cancelled'].includes(seen.phase) && seen;
      }, 20_000),
  };
};

export type World = Awaited<ReturnType<typeof openWorld>>;
