import { randomUUID } from 'node:crypto';
import type { Platform } from './platform.ts';
import type { IndexedCounts, Job, KnowledgeBase, Source } from './state.ts';

/** Lets everything happen that is due; called before each request, so that no timer is needed. */
export const advance = (platform: Platform): void => {
  const now = Date.now();
  startFirstJobs(platform, now);
  for (const job of platform.state.jobs.values()) {
    if (job.end === undefined && job.dueAt <= now) finish(platform, job);
  }
};

/** Queues an indexing job of the given sources. */
export const startJob = (platform: Platform, base: KnowledgeBase, sources: readonly Source[], at: number): Job => {
  const { state } = platform;
  const { index_ms: indexMs, job_hidden_once: isHidden, fail_indexing: failures } = platform.settings();
  const job: Job = {
    uuid: randomUUID(),
    knowledgeBaseUuid: base.uuid,
    sourceUuids: sources.map(({ uuid }) => uuid),
    createdAt: at,
    startedAt: at + Math.floor(indexMs / 4),
    dueAt: at + indexMs,
    fate: failures > 0 ? 'fail' : 'succeed',
    counts: {},
    isHidden,
  };
  if (failures > 0) platform.settings().fail_indexing = failures - 1;
  state.jobs.set(job.uuid, job);
  platform.changed();
  return job;
};

/** The sources of a knowledge base in the order in which they were added. */
export const sourcesOf = ({ state }: Platform, baseUuid: string): Source[] =>
  [...state.sources.values()].filter(({ knowledgeBaseUuid }) => knowledgeBaseUuid === baseUuid);

const startFirstJobs = (platform: Platform, now: number): void => {
  for (const base of platform.state.knowledgeBases.values()) {
    if (!base.firstJobDue) continue;
    const onlineAt = Math.max(platform.state.databases.get(base.databaseId)?.onlineAt ?? 0, base.createdAt);
    if (onlineAt > now) continue;
    base.firstJobDue = false;
    startJob(platform, base, sourcesOf(platform, base.uuid), onlineAt);
  }
};

const finish = (platform: Platform, job: Job): void => {
  const { state, knowledge } = platform;
  for (const uuid of job.sourceUuids) {
    const source = state.sources.get(uuid);
    if (source === undefined) continue;
    const counts = job.fate === 'fail' ? failedCounts : countsOf(source, () => knowledge.ingest(source));
    job.counts[uuid] = counts;
    source.lastCounts = counts;
    source.isIndexed ||= counts.status === 'UPDATED';
    source.updatedAt = job.dueAt;
  }
  job.end = { at: job.dueAt, ...outcomeOf(job) };
  platform.changed();
};

const failedCounts: IndexedCounts = { status: 'FAILED', items: 0, bytes: 0, skipped: 0, error: 'indexing failed' };

// An uploaded object never changes, so a source that was read once has nothing new.
const countsOf = (source: Source, ingest: () => IndexedCounts): IndexedCounts =>
  source.isIndexed ? { status: 'NOT_UPDATED', items: 0, bytes: 0, skipped: 0 } : ingest();

const outcomeOf = ({ counts }: Job): Pick<NonNullable<Job['end']>, 'phase' | 'status'> => {
  const states = Object.values(counts).map(({ status }) => status);
  const failed = states.filter((status) => status === 'FAILED').length;
  if (failed > 0 && failed === states.length) return { phase: 'FAILED', status: 'FAILED' };
  if (failed > 0) return { phase: 'SUCCEEDED', status: 'PARTIAL' };
  return { phase: 'SUCCEEDED', status: states.includes('UPDATED') ? 'COMPLETED' : 'NO_CHANGES' };
};
