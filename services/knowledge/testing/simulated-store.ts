import { Failure } from '../../../shared/errors/failure.ts';
import { callRemote } from '../../../shared/testing/remote-call.ts';
import type { SimulatedProcess, Simulation } from '../../../shared/testing/simulation.ts';
import { nextBaseState, type BaseSignal } from '../domain.ts';
import type { BaseStore } from '../store/base-store.ts';
import type { ClaimedBase } from '../store/bases.ts';
import type { Document } from '../store/documents.ts';
import type { Verdict } from '../steps/verdicts.ts';
import { createRows, heldBase, type BaseRow, type DocumentRow, type Rows } from './simulated-rows.ts';

const callMs = 2_000;

/** What becomes of a document when it is called indexed; the simulation asks the cloud whether it may be. */
export interface Witness {
  readonly onIndexed: (base: BaseRow, document: DocumentRow) => void;
}

/**
 * The bases' rows in memory, with the guards that the tables have: leases, guarded updates, one transaction for an outcome
 * and its effects. A call may fail before it, and after it took effect.
 */
export const createSimulatedStore = (world: Simulation, witness: Witness) => {
  const rows = createRows(world);
  return {
    ...rows,
    /** The rows as one process reaches them. */
    for: (process: SimulatedProcess): BaseStore => {
      const call = <T>(effect: () => T): Promise<T> =>
        callRemote(world, process, { effect, timeoutMs: callMs, latestMs: callMs + 500, oneIn: 12, failureOf });
      const held = (base: ClaimedBase, work: (row: BaseRow) => void): Promise<void> =>
        call(() => {
          const row = heldBase(rows, base);
          if (row !== undefined) work(row);
        });
      return {
        ...reading(rows, call),
        ...creating(rows, { call, held }),
        ...indexing(rows, { call, held, witness }),
        ...ending(rows, held),
      };
    },
  };
};

type Caller = <T>(effect: () => T) => Promise<T>;
type Held = (base: ClaimedBase, work: (row: BaseRow) => void) => Promise<void>;

const reading = (rows: Rows, call: Caller) => ({
  claim: (claim: { readonly owner: string; readonly limit: number }) =>
    call(() => {
      rows.pack();
      return rows.claim(claim);
    }),
  documentsOf: (base: ClaimedBase): Promise<readonly Document[]> =>
    call(() => rows.documentsIn(base.id).map((document) => ({ ...document }))),
  textOf: () => call(() => 'text'),
  saveObjectKey: (_base: ClaimedBase, document: Document, objectKey: string) =>
    call(() => {
      const row = rows.documents.get(document.id);
      if (row !== undefined) row.objectKey = objectKey;
    }),
});

const move = (rows: Rows, row: BaseRow, signal: BaseSignal, change: Partial<BaseRow> = {}): void => {
  const now = rows.now();
  const state = nextBaseState(row.state, signal);
  Object.assign(row, { attempt: 0, nextAt: now, stateAt: now, ...change, state, leaseOwner: null, leaseUntil: 0 });
};

const creating = (rows: Rows, { call, held }: { readonly call: Caller; readonly held: Held }) => ({
  failDocument: (base: ClaimedBase, document: Document) =>
    held(base, () => Object.assign(rows.documents.get(document.id) ?? {}, { state: 'failed' })),
  finishUploading: (base: ClaimedBase) =>
    held(base, (row) => {
      const isEmpty = !rows.documentsIn(base.id).some(({ state }) => state === 'uploading');
      move(rows, row, isEmpty ? 'emptied' : 'files_uploaded');
    }),
  giveUpEmpty: (base: ClaimedBase) => held(base, (row) => move(rows, row, 'emptied')),
  commitIntent: (base: ClaimedBase) =>
    call(() => {
      const row = heldBase(rows, base);
      if (row === undefined || row.leaseUntil <= rows.now()) return 'lost' as const;
      const known = [...rows.bases.values()].find(({ databaseId }) => databaseId !== null)?.databaseId ?? null;
      const isUnderWay = [...rows.bases.values()].some(
        ({ id, intentAt, kbUuid, state }) =>
          id !== base.id &&
          (state === 'creating' || state === 'waiting_database') &&
          (intentAt !== null || kbUuid !== null),
      );
      if (known === null && isUnderWay) return 'wait' as const;
      Object.assign(row, { intentAt: rows.now(), leaseUntil: rows.now() + rows.leaseMs });
      return { databaseId: known };
    }),
  clearIntent: (base: ClaimedBase) => held(base, (row) => void (row.intentAt = null)),
  saveCreated: (base: ClaimedBase, created: { readonly uuid: string; readonly databaseId: string | null }) =>
    held(base, (row) => {
      const databaseId = created.databaseId ?? row.databaseId;
      move(rows, row, 'created', { kbUuid: created.uuid, databaseId, intentAt: null });
      for (const document of rows.documentsIn(base.id)) {
        if (document.state === 'uploading') document.state = 'indexing';
      }
    }),
  startOver: (base: ClaimedBase) =>
    held(base, (row) => {
      move(rows, row, 'vanished', { kbUuid: null, indexingJobUuid: null, intentAt: null });
      for (const document of rows.documentsIn(base.id)) {
        if (document.state === 'uploading' || document.state === 'indexing') {
          Object.assign(document, { state: 'uploading', objectKey: null, dataSourceUuid: null });
        }
      }
    }),
});

interface IndexingParts {
  readonly call: Caller;
  readonly held: Held;
  readonly witness: Witness;
}

const indexing = (rows: Rows, { call, held, witness }: IndexingParts) => {
  const apply = (row: BaseRow, verdicts: readonly Verdict[]): void => {
    for (const verdict of verdicts) {
      const document = rows.documents.get(verdict.documentId);
      if (document?.baseId !== row.id) continue;
      if (verdict.sourceUuid !== null) document.dataSourceUuid = verdict.sourceUuid;
      if (document.state !== 'indexing' || verdict.is === 'open') continue;
      document.state = verdict.is;
      if (verdict.is === 'indexed') witness.onIndexed(row, document);
    }
  };
  return {
    learnDatabase: (base: ClaimedBase, databaseId: string) => held(base, (row) => void (row.databaseId = databaseId)),
    forgetDatabase: () => call(() => undefined),
    saveJob: (base: ClaimedBase, indexingJobUuid: string) =>
      held(base, (row) => move(rows, row, 'database_online', { indexingJobUuid })),
    loseJob: (base: ClaimedBase) => held(base, (row) => move(rows, row, 'job_lost', { indexingJobUuid: null })),
    conclude: (base: ClaimedBase, verdicts: readonly Verdict[]) =>
      held(base, (row) => {
        move(rows, row, 'job_succeeded', { nextAt: rows.now() + 1_000 });
        apply(row, verdicts);
        rows.tellIndexed(row);
      }),
    concludeLate: (base: ClaimedBase, verdicts: readonly Verdict[]) => held(base, (row) => apply(row, verdicts)),
    rebuild: (base: ClaimedBase, lost: readonly Document[]) =>
      held(base, (row) => {
        const next = rows.insertBase(row.domainId);
        for (const { id } of lost) {
          const document = rows.documents.get(id);
          if (document?.baseId !== row.id || !['indexed', 'indexing'].includes(document.state)) continue;
          Object.assign(document, { baseId: next.id, state: 'uploading', objectKey: null, dataSourceUuid: null });
        }
        const isLeft = rows.documentsIn(row.id).some(({ state }) => state === 'indexed' || state === 'indexing');
        if (isLeft) Object.assign(row, { attempt: 0, nextAt: rows.now(), leaseOwner: null, leaseUntil: 0 });
        else {
          move(rows, row, 'emptied', { nextAt: rows.now() + 600_000 });
          rows.tellRetired(row);
        }
      }),
    tellIndexed: (base: ClaimedBase) => held(base, rows.tellIndexed),
    tellRetired: (base: ClaimedBase) => held(base, rows.tellRetired),
  };
};

const ending = (rows: Rows, held: Held) => ({
  fail: (base: ClaimedBase) =>
    held(base, (row) => {
      move(rows, row, 'refused');
      for (const document of rows.documentsIn(base.id)) {
        if (document.state === 'uploading' || document.state === 'indexing') document.state = 'failed';
      }
    }),
  forgetCloudId: (base: ClaimedBase) =>
    held(base, (row) =>
      Object.assign(row, { kbUuid: null, indexingJobUuid: null, intentAt: null, leaseOwner: null, leaseUntil: 0 }),
    ),
  deleteBase: (base: ClaimedBase) => held(base, (row) => void rows.bases.delete(row.id)),
  postpone: (base: ClaimedBase, { attempt, delayMs }: { readonly attempt: number; readonly delayMs: number }) =>
    held(base, (row) => Object.assign(row, { attempt, nextAt: rows.now() + delayMs, leaseOwner: null, leaseUntil: 0 })),
});

const failureOf = (): Failure => new Failure('service_unavailable');
