import { kbCreated, kbIndexed, kbRetired } from '../../../shared/contracts/knowledge.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { failpoint } from '../../../shared/runtime/failpoint.ts';
import type { CloudBase } from '../client/bases.ts';
import type { StoreDeps } from '../deps.ts';
import { nextBaseState, type BaseSignal } from '../domain.ts';
import { refreshJobs } from '../progress.ts';
import { remindMs } from '../steps/remind-of-retired.ts';
import type { Verdict } from '../steps/verdicts.ts';
import * as bases from './bases.ts';
import { rebuildDocuments } from './rebuild.ts';
import { applyVerdicts, failDocument } from './document-ends.ts';
import { packDocuments } from './pack-documents.ts';
import * as documents from './documents.ts';
import { isHeld } from './removals.ts';

type Base = bases.ClaimedBase;
type Document = documents.Document;

/**
 * Where bases live. Steps know no more of it than this, so that the same code runs against the tables and, in the
 * simulation, against rows in memory. What changes a base does so only under its lease, in one transaction with the
 * documents, jobs and events that go with it; a run that lost its lease changes nothing. Every member may throw
 * `service_unavailable` after it took effect.
 */
export interface BaseStore {
  /** Puts documents that wait into new bases, and takes bases whose next step is due under a lease of their own. */
  readonly claim: (claim: { readonly owner: string; readonly limit: number }) => Promise<readonly Base[]>;
  /** Without their texts. */
  readonly documentsOf: (base: Base) => Promise<readonly Document[]>;
  readonly textOf: (document: Document) => Promise<string>;
  readonly saveObjectKey: (base: Base, document: Document, objectKey: string) => Promise<void>;
  readonly failDocument: (base: Base, document: Document, error: documents.DocumentError) => Promise<void>;
  /** On to the creation, or to the end of a base that nothing is left in. */
  readonly finishUploading: (base: Base) => Promise<void>;
  readonly giveUpEmpty: (base: Base) => Promise<void>;
  /**
   * Commits that the base is about to be created, on which cluster; `wait` while another base is getting the first one. Throws
   * `knowledge_full`.
   */
  readonly commitIntent: (base: Base) => Promise<'lost' | 'wait' | { readonly databaseId: string | null }>;
  readonly clearIntent: (base: Base) => Promise<void>;
  readonly saveCreated: (base: Base, created: CloudBase) => Promise<void>;
  readonly learnDatabase: (base: Base, databaseId: string) => Promise<void>;
  /** Lets no further base be made on a cluster that is lost. */
  readonly forgetDatabase: (databaseId: string | null) => Promise<void>;
  readonly saveJob: (base: Base, jobUuid: string) => Promise<void>;
  readonly loseJob: (base: Base) => Promise<void>;
  /** The base is to be made again from the texts of its documents. */
  readonly startOver: (base: Base) => Promise<void>;
  /** The base is indexed, its documents as the verdicts say. */
  readonly conclude: (base: Base, verdicts: readonly Verdict[]) => Promise<void>;
  /** Verdicts that came when the base was indexed already; the lease is kept. */
  readonly concludeLate: (base: Base, verdicts: readonly Verdict[]) => Promise<void>;
  /** The base and its open documents fail with the same words. */
  readonly fail: (base: Base, failure: Failure) => Promise<void>;
  /** Moves documents that the cloud lost into a new base; the old one retires when nothing is left in it. */
  readonly rebuild: (base: Base, lost: readonly Document[]) => Promise<void>;
  readonly tellIndexed: (base: Base) => Promise<void>;
  readonly tellRetired: (base: Base) => Promise<void>;
  readonly forgetCloudId: (base: Base) => Promise<void>;
  readonly deleteBase: (base: Base) => Promise<void>;
  /** Gives the lease back; the next step is due after `delayMs`. */
  readonly postpone: (base: Base, next: { readonly attempt: number; readonly delayMs: number }) => Promise<void>;
}

/** The bases in their tables. */
export const createBaseStore = (deps: StoreDeps): BaseStore => ({
  ...reading(deps),
  ...creating(deps),
  ...indexing(deps),
  ...ending(deps),
  postpone: async (base, { attempt, delayMs }) => {
    const nextAt = new Date(deps.clock.now() + delayMs);
    await deps.database.run((client) => bases.saveStep(client, base, { attempt, nextAt }));
  },
});

const reading = (deps: StoreDeps) =>
  ({
    claim: async (claim) => {
      const { leaseMs } = deps.config;
      await packDocuments(deps);
      return deps.database.run((client) => bases.claimBases(client, { ...claim, leaseMs }));
    },
    documentsOf: (base) => deps.database.run((client) => documents.documentsOfBase(client, base.id)),
    textOf: (document) => deps.database.run((client) => documents.readText(client, document.id)),
    saveObjectKey: (_base, document, objectKey) =>
      deps.database.run((client) => documents.updateDocument(client, document.id, { objectKey })),
    failDocument: (base, document, error) =>
      deps.messaging.transaction(async (tx) => {
        if (!(await bases.saveWithinStep(tx, base, {}))) return;
        await failDocument(deps, tx, document, error);
        await refreshJobs(deps, tx, [document.jobId]);
      }),
  }) satisfies Partial<BaseStore>;

const creating = (deps: StoreDeps) =>
  ({
    finishUploading: (base) =>
      deps.messaging.transaction(async (tx) => {
        await bases.lockBase(tx, base.id);
        const inside = await documents.documentsOfBase(tx, base.id);
        const isEmpty = !inside.some((document) => document.state === 'uploading');
        await move(deps, tx, base, isEmpty ? 'emptied' : 'files_uploaded');
      }),
    giveUpEmpty: (base) =>
      deps.messaging.transaction(async (tx) => {
        await move(deps, tx, base, 'emptied');
      }),
    commitIntent: (base) =>
      deps.database.transaction(async (tx) => {
        const database = await bases.chooseDatabase(tx, base.id);
        if (database === 'wait') return 'wait';
        await refuseWhenFull(deps, tx, base);
        const isOurs = await bases.saveIntent(tx, base, deps.config.leaseMs);
        return isOurs ? { databaseId: database === 'first' ? null : database.id } : 'lost';
      }),
    clearIntent: async (base) => {
      await deps.database.run((client) => bases.saveWithinStep(client, base, { intentAt: null }));
    },
    saveCreated: (base, created) =>
      deps.messaging.transaction(async (tx) => {
        const isOurs = await move(deps, tx, base, 'created', {
          kbUuid: created.uuid,
          ...(created.databaseId === null ? {} : { databaseId: created.databaseId }),
          intentAt: null,
        });
        if (!isOurs) return;
        await documents.moveDocumentsOfBase(tx, base.id, 'uploading', 'indexing');
        await refreshJobsOf(deps, tx, base);
        await deps.messaging.emit(tx, kbCreated, {
          domainId: base.domainId,
          data: { kb_uuid: created.uuid, kb_name: base.kbName },
        });
      }),
    startOver: (base) =>
      deps.messaging.transaction(async (tx) => {
        if (!(await move(deps, tx, base, 'vanished', { kbUuid: null, indexingJobUuid: null, intentAt: null }))) return;
        await documents.resetDocuments(tx, base.id);
        await refreshJobsOf(deps, tx, base);
      }),
  }) satisfies Partial<BaseStore>;

const indexing = (deps: StoreDeps) =>
  ({
    learnDatabase: async (base, databaseId) => {
      await deps.database.run((client) => bases.saveWithinStep(client, base, { databaseId }));
    },
    forgetDatabase: async (databaseId) => {
      if (databaseId !== null) await deps.database.run((client) => bases.forgetDatabase(client, databaseId));
    },
    saveJob: (base, indexingJobUuid) =>
      deps.messaging.transaction(async (tx) => {
        await move(deps, tx, base, 'database_online', { indexingJobUuid });
      }),
    loseJob: (base) =>
      deps.messaging.transaction(async (tx) => {
        await move(deps, tx, base, 'job_lost', { indexingJobUuid: null });
      }),
    conclude: (base, verdicts) =>
      deps.messaging.transaction(async (tx) => {
        const isOpen = verdicts.some((verdict) => verdict.is === 'open');
        const afterMs = isOpen ? 0 : Math.min(remindMs, deps.config.checkMs);
        if (!(await move(deps, tx, base, 'job_succeeded', {}, afterMs))) return;
        await applyVerdicts(deps, tx, base, verdicts);
        await tell(deps, tx, base, kbIndexed);
      }),
    concludeLate: (base, verdicts) =>
      deps.messaging.transaction(async (tx) => {
        if (await bases.saveWithinStep(tx, base, {})) await applyVerdicts(deps, tx, base, verdicts);
      }),
    rebuild: (base, lost) =>
      deps.messaging.transaction(async (tx) => {
        if (!(await isHeld(tx, base.domainId)) || !(await bases.saveWithinStep(tx, base, {}))) return;
        const isLeft = await rebuildDocuments(deps, tx, base, lost);
        if (isLeft) await bases.saveStep(tx, base, { attempt: 0, nextAt: new Date(deps.clock.now()) });
        else if (await move(deps, tx, base, 'emptied', {}, remindMs)) await tell(deps, tx, base, kbRetired);
      }),
    tellIndexed: (base) => deps.messaging.transaction((tx) => tell(deps, tx, base, kbIndexed)),
    tellRetired: (base) => deps.messaging.transaction((tx) => tell(deps, tx, base, kbRetired)),
  }) satisfies Partial<BaseStore>;

const ending = (deps: StoreDeps) =>
  ({
    fail: (base, failure) =>
      deps.messaging.transaction(async (tx) => {
        const { code, detail } = failure;
        if (!(await move(deps, tx, base, 'refused', { failureCode: code, failureDetail: detail }))) return;
        for (const document of await documents.documentsOfBase(tx, base.id)) {
          if (!['uploading', 'indexing'].includes(document.state)) continue;
          await failDocument(deps, tx, document, { code, message: detail });
        }
        await refreshJobsOf(deps, tx, base);
      }),
    forgetCloudId: async (base) => {
      const change = { kbUuid: null, indexingJobUuid: null, intentAt: null };
      await deps.database.run((client) => bases.saveStep(client, base, change));
    },
    deleteBase: (base) => deps.database.run((client) => bases.deleteBase(client, base.id)),
  }) satisfies Partial<BaseStore>;

/** In words, before the cloud has its own: by then nothing tells its limit from any other refusal. */
const refuseWhenFull = async ({ config }: StoreDeps, tx: Transaction, base: Base): Promise<void> => {
  const { basesMax } = config;
  if (base.intentAt !== null || (await bases.countOthersInCloud(tx, base.id)) < basesMax) return;
  throw new Failure('knowledge_full', { detail: `The cloud holds ${basesMax} knowledge bases and takes no more` });
};

/** False when the lease was lost: nothing was saved, and nothing may be. */
const move = async (
  deps: StoreDeps,
  tx: Transaction,
  base: Base,
  signal: BaseSignal,
  change: bases.BaseChange = {},
  afterMs = 0,
): Promise<boolean> => {
  const isOurs = await bases.saveStep(tx, base, {
    ...change,
    state: nextBaseState(base.state, signal),
    attempt: 0,
    nextAt: new Date(deps.clock.now() + afterMs),
  });
  await failpoint(`knowledge.${base.state}.before_commit`);
  return isOurs;
};

const tell = async (
  deps: StoreDeps,
  tx: Transaction,
  { domainId, kbUuid }: Base,
  event: typeof kbIndexed | typeof kbRetired,
): Promise<void> => {
  if (kbUuid !== null) await deps.messaging.emit(tx, event, { domainId, data: { kb_uuid: kbUuid } });
};

const refreshJobsOf = async (deps: StoreDeps, tx: Transaction, base: Base): Promise<void> => {
  const inside = await documents.documentsOfBase(tx, base.id);
  await refreshJobs(
    deps,
    tx,
    inside.map((document) => document.jobId),
  );
};
