import type { DocumentState, JobPhase } from '../../shared/contracts/knowledge.ts';

/** Where a knowledge base stands; SPEC.md has the picture and says what each step does. */
export const baseStates = [
  'uploading',
  'creating',
  'waiting_database',
  'indexing',
  'indexed',
  'failed',
  'retiring',
  'deleting',
] as const;
export type BaseState = (typeof baseStates)[number];

/**
 * Whether the cloud will never serve this database again. `UNHEALTHY` and the like mend themselves, or end as a state that
 * took too long: giving such a database up would cost every other domain its bases and us a second, billed cluster.
 */
export const isDatabaseLost = (status: string | null): boolean => status === 'DECOMMISSIONED';

/**
 * How long a base may be in a state before the cloud counts as unable, milliseconds. A new database takes 5 to 10 minutes,
 * an indexing job of the size we make some minutes; while the first database is made, every other base waits for it.
 */
export const stateMaxMs: Partial<Record<BaseState, number>> = {
  waiting_database: 3_600_000,
  indexing: 2 * 3_600_000,
};

export type BaseSignal =
  | 'files_uploaded'
  | 'created'
  | 'database_online'
  | 'job_lost'
  | 'job_succeeded'
  | 'vanished'
  | 'refused'
  | 'emptied'
  | 'detached'
  | 'domain_removed';

/** `same` means: late, repeated, or not meant for this state. Total by type: a missing cell does not compile. */
export const baseTransitions: Record<BaseState, Record<BaseSignal, BaseState | 'same'>> = {
  uploading: row({ files_uploaded: 'creating', refused: 'failed', emptied: 'deleting', domain_removed: 'deleting' }),
  creating: row({
    created: 'waiting_database',
    vanished: 'uploading',
    refused: 'failed',
    emptied: 'deleting',
    domain_removed: 'deleting',
  }),
  waiting_database: row({
    database_online: 'indexing',
    vanished: 'uploading',
    refused: 'failed',
    domain_removed: 'deleting',
  }),
  indexing: row({
    job_lost: 'waiting_database',
    job_succeeded: 'indexed',
    vanished: 'uploading',
    refused: 'failed',
    domain_removed: 'deleting',
  }),
  indexed: row({ emptied: 'retiring', domain_removed: 'deleting' }),
  failed: row({ emptied: 'deleting', domain_removed: 'deleting' }),
  retiring: row({ detached: 'deleting', domain_removed: 'deleting' }),
  deleting: row({}),
};

function row(moves: Partial<Record<BaseSignal, BaseState>>): Record<BaseSignal, BaseState | 'same'> {
  return {
    files_uploaded: 'same',
    created: 'same',
    database_online: 'same',
    job_lost: 'same',
    job_succeeded: 'same',
    vanished: 'same',
    refused: 'same',
    emptied: 'same',
    detached: 'same',
    domain_removed: 'same',
    ...moves,
  };
}

/** The state after a signal; the same state when the signal means nothing there. */
export const nextBaseState = (state: BaseState, signal: BaseSignal): BaseState => {
  const next = baseTransitions[state][signal];
  return next === 'same' ? state : next;
};

/** A document as far as its job is concerned. */
export interface DocumentProgress {
  readonly state: DocumentState;
  /** Whether the agent already answers from it. */
  readonly isAttached: boolean;
}

/** Where a job that put documents in stands, as the least advanced of them says. `total` counts pages that hold none, too. */
export const ingestPhaseOf = (documents: readonly DocumentProgress[]): JobPhase => {
  if (documents.length === 0) return 'done';
  if (documents.every(({ state }) => state === 'failed')) return 'failed';
  const open = documents.filter(({ state, isAttached }) => state !== 'failed' && !(state === 'indexed' && isAttached));
  if (open.length === 0) return 'done';
  const states = new Set(open.map(({ state }) => state));
  if (states.has('accepted') || states.has('extracting')) return 'extracting';
  if (states.has('uploading')) return 'uploading';
  if (states.has('indexing')) return 'indexing';
  return states.has('indexed') ? 'attaching' : 'removing';
};

/** How many documents have reached their end. */
export const finishedOf = (documents: readonly DocumentProgress[]): number =>
  documents.filter(({ state, isAttached }) => state === 'failed' || (state === 'indexed' && isAttached)).length;

/** Whether nothing of a job will change any more. */
export const isEnded = (phase: JobPhase): boolean => phase === 'done' || phase === 'failed' || phase === 'cancelled';

/**
 * Seconds a job may still take: judged by its pace so far, before its first item is done by how long such a job usually
 * takes, when there is one thing to do. Null when nothing can be told, as of one that takes longer than usual.
 */
export const etaSeconds = (job: {
  readonly done: number;
  readonly total: number;
  readonly elapsedMs: number;
  readonly typicalMs: number | null;
}): number | null => {
  const { done, total, elapsedMs, typicalMs } = job;
  if (done >= total) return null;
  if (done > 0) return Math.ceil(((elapsedMs / done) * (total - done)) / 1000);
  return total === 1 && typicalMs !== null && typicalMs > elapsedMs ? Math.ceil((typicalMs - elapsedMs) / 1000) : null;
};

/** Doubling wait between looks at the cloud, with jitter so that many bases do not look at once. */
export const pollDelayMs = (attempt: number, bounds: { minMs: number; maxMs: number }, random: number): number =>
  Math.min(bounds.maxMs, bounds.minMs * 2 ** Math.min(attempt, 10)) * (0.75 + random / 2);

/** A base's name: deterministic, so that one that was made unseen can be found again; at most 32 characters. */
export const baseNameOf = (prefix: string, websiteKey: string, baseId: string): string =>
  `${prefix}-${websiteKey.slice(0, 8)}-${baseId.replaceAll('-', '').slice(0, 8)}`;

/** The name a document has in the cloud. It comes back with every passage, and it names the document exactly. */
export const storedNameOf = (documentId: string): string => `${documentId}.md`;

/** What is uploaded: the text, under a heading of its own when it has none at its top, for a passage's title. */
export const uploadTextOf = (document: { name: string; text: string }): string =>
  /^\s*(<!-- page \d+ -->\s*)?#{1,6} /.test(document.text)
    ? document.text
    : `# ${document.name.replace(/\.[a-z0-9]{1,5}$/i, '')}\n\n${document.text}`;

/** The page that a domain's first base is made with: the cloud wants one source, and nothing of the website is taken unasked. */
export const profileTextOf = (domainName: string): string =>
  `# About this assistant\n\nThis is the knowledge base of ${domainName}. ` +
  `The assistant answers from the documents that the owner of ${domainName} has added.\n`;

interface CloudChunking {
  readonly chunking_algorithm: 'CHUNKING_ALGORITHM_SECTION_BASED' | 'CHUNKING_ALGORITHM_SEMANTIC';
  readonly chunking_options: { readonly max_chunk_size: number; readonly semantic_threshold?: number };
}

/** The owner's chunk size in characters as the cloud's in tokens (about four characters each, at least 100). */
export const cloudChunkingOf = (options: { chunkSize: number; useSemantic: boolean }): CloudChunking => {
  const max_chunk_size = Math.max(100, Math.round(options.chunkSize / 4));
  return options.useSemantic
    ? {
        chunking_algorithm: 'CHUNKING_ALGORITHM_SEMANTIC',
        chunking_options: { max_chunk_size, semantic_threshold: 0.5 },
      }
    : { chunking_algorithm: 'CHUNKING_ALGORITHM_SECTION_BASED', chunking_options: { max_chunk_size } };
};

/** The words of the inherited `chunking_strategy` field. */
export const chunkingStrategyOf = (useSemantic: boolean): string => (useSemantic ? 'semantic' : 'section');
