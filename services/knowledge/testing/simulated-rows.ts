import type { Simulation } from '../../../shared/testing/simulation.ts';
import { nextBaseState } from '../domain.ts';
import type { ClaimedBase } from '../store/bases.ts';
import type { Document } from '../store/documents.ts';

type Mutable<T> = { -readonly [Member in keyof T]: T[Member] };
export type DocumentRow = Mutable<Document>;

/** A base's row. Times are the world's, as the database has one clock for all. */
export type BaseRow = Omit<Mutable<ClaimedBase>, 'ageMs' | 'stateAgeMs' | 'intentAgeMs' | 'intentAt' | 'createdAt'> & {
  readonly createdAt: number;
  stateAt: number;
  intentAt: number | null;
  nextAt: number;
  leaseUntil: number;
};

export interface Rows {
  readonly now: () => number;
  readonly leaseMs: number;
  readonly bases: Map<string, BaseRow>;
  readonly documents: Map<string, DocumentRow>;
  readonly insertBase: (domainId: string) => BaseRow;
  readonly documentsIn: (baseId: string) => readonly DocumentRow[];
  readonly claim: (claim: { readonly owner: string; readonly limit: number }) => readonly ClaimedBase[];
  /** Puts documents that wait into a base of their own. */
  readonly pack: () => void;
  /** What provisioning does about it, some time later and perhaps twice. */
  readonly tellIndexed: (row: BaseRow) => void;
  readonly tellRetired: (row: BaseRow) => void;
  readonly register: (domainId: string) => void;
  readonly accept: (domainId: string) => void;
  readonly remove: (domainId: string) => void;
}

/** The tables of the service and who else writes in them. */
export const createRows = (world: Simulation): Rows => {
  const bases = new Map<string, BaseRow>();
  const documents = new Map<string, DocumentRow>();
  const removed = new Set<string>();
  const { now } = world;
  const documentsIn = (baseId: string): readonly DocumentRow[] =>
    [...documents.values()].filter((document) => document.baseId === baseId);
  const soon = (work: () => void): void => {
    for (let times = world.tape.pick(6) === 1 ? 2 : 1; times > 0; times -= 1)
      world.after(world.tape.random() * 2_000, work);
  };
  const insertBase = (domainId: string): BaseRow => {
    const row = newBase(`base-${bases.size}-${now()}-${world.tape.random()}`, domainId, now());
    bases.set(row.id, row);
    return row;
  };
  const accept = (domainId: string, baseId: string | null): void => {
    if (removed.has(domainId)) return;
    const document = newDocument(`document-${documents.size}-${now()}`, domainId, baseId);
    documents.set(document.id, document);
  };
  return {
    now,
    leaseMs: 20_000,
    bases,
    documents,
    insertBase,
    documentsIn,
    claim: ({ owner, limit }) =>
      [...bases.values()]
        .filter((row) => row.nextAt <= now() && row.leaseUntil < now())
        .filter((row) => row.state !== 'failed' || row.kbUuid !== null || row.intentAt !== null)
        .slice(0, limit)
        .map((row) => claimed(Object.assign(row, { leaseOwner: owner, leaseUntil: now() + 20_000 }), now())),
    pack: () => {
      const waiting = [...documents.values()].filter(({ baseId, state }) => state === 'accepted' && baseId === null);
      for (const domainId of new Set(waiting.map((document) => document.domainId))) {
        const { id } = insertBase(domainId);
        for (const document of waiting) {
          if (document.domainId === domainId) Object.assign(document, { baseId: id, state: 'uploading' });
        }
      }
    },
    tellIndexed: ({ kbUuid }) =>
      soon(() => {
        for (const row of bases.values()) if (row.kbUuid === kbUuid) row.attachedAt = new Date(now());
      }),
    tellRetired: ({ kbUuid }) =>
      soon(() => {
        for (const row of bases.values()) if (row.kbUuid === kbUuid) outside(row, 'detached', now());
      }),
    register: (domainId) => accept(domainId, insertBase(domainId).id),
    accept: (domainId) => accept(domainId, null),
    remove: (domainId) => {
      removed.add(domainId);
      for (const document of documents.values()) if (document.domainId === domainId) documents.delete(document.id);
      for (const row of bases.values()) if (row.domainId === domainId) outside(row, 'domain_removed', now());
    },
  };
};

/** The row, while the claim it was read under holds it. */
export const heldBase = ({ bases }: Rows, base: ClaimedBase): BaseRow | undefined => {
  const row = bases.get(base.id);
  return row?.leaseOwner === base.leaseOwner && row.state === base.state ? row : undefined;
};

const outside = (row: BaseRow, signal: 'detached' | 'domain_removed', at: number): void => {
  const state = nextBaseState(row.state, signal);
  if (state !== row.state) {
    Object.assign(row, { state, stateAt: at, nextAt: at, attempt: 0, leaseOwner: null, leaseUntil: 0 });
  }
};

const claimed = (row: BaseRow, at: number): ClaimedBase => ({
  ...row,
  createdAt: new Date(row.createdAt),
  intentAt: row.intentAt === null ? null : new Date(row.intentAt),
  ageMs: at - row.createdAt,
  stateAgeMs: at - row.stateAt,
  intentAgeMs: row.intentAt === null ? null : at - row.intentAt,
});

const newBase = (id: string, domainId: string, at: number): BaseRow => ({
  id,
  domainId,
  websiteKey: 'website',
  websiteUrl: 'https://example.com',
  kbUuid: null,
  kbName: `name-${id}`,
  databaseId: null,
  state: 'uploading',
  indexingJobUuid: null,
  attempt: 0,
  attachedAt: null,
  createdAt: at,
  leaseOwner: null,
  leaseUntil: 0,
  stateAt: at,
  intentAt: null,
  correlationId: null,
  causationId: null,
  traceparent: null,
  nextAt: at,
});

const newDocument = (id: string, domainId: string, baseId: string | null): DocumentRow => ({
  id,
  originalId: id,
  domainId,
  baseId,
  jobId: null,
  isProfile: baseId !== null,
  name: id,
  filename: id,
  storedName: `${id}.md`,
  type: 'txt',
  state: baseId === null ? 'accepted' : 'uploading',
  version: 1,
  copy: 1,
  hash: id,
  bytes: 4,
  pages: null,
  chunks: 1,
  language: null,
  sourceUrl: null,
  websiteUrl: null,
  chunkSize: 1000,
  useSemantic: false,
  objectKey: null,
  dataSourceUuid: null,
  errorCode: null,
  errorMessage: null,
  createdAt: new Date(0),
  indexedAt: null,
});
