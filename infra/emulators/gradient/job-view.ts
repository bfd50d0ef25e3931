import { isoMoment } from './identifiers.ts';
import type { IndexedCounts, Job } from './state.ts';

/** An indexing job; 64-bit counters are strings. */
export const jobView = (job: Job): Record<string, unknown> => {
  const now = Date.now();
  const isPending = job.end === undefined && now < job.startedAt;
  const phase = job.end?.phase ?? (isPending ? 'PENDING' : 'RUNNING');
  const status = job.end?.status ?? (isPending ? 'PENDING' : 'IN_PROGRESS');
  const counts = Object.values(job.counts);
  return {
    uuid: job.uuid,
    knowledge_base_uuid: job.knowledgeBaseUuid,
    phase: `BATCH_JOB_PHASE_${phase}`,
    status: `INDEX_JOB_STATUS_${status}`,
    created_at: isoMoment(job.createdAt),
    updated_at: isoMoment(job.end?.at ?? (isPending ? job.createdAt : job.startedAt)),
    ...(isPending ? {} : { started_at: isoMoment(job.startedAt) }),
    ...(job.end === undefined ? {} : { finished_at: isoMoment(job.end.at) }),
    data_source_uuids: job.sourceUuids,
    total_datasources: job.sourceUuids.length,
    completed_datasources: counts.filter((count) => count.status === 'UPDATED' || count.status === 'NOT_UPDATED')
      .length,
    total_tokens: Math.ceil(counts.reduce((sum, { bytes }) => sum + bytes, 0) / 4).toString(),
    is_report_available: job.end !== undefined,
    data_source_jobs: indexedSourceViews(job),
  };
};

/** What a job did to each of its sources. */
export const indexedSourceViews = (job: Job): Record<string, unknown>[] =>
  job.sourceUuids.map((uuid) => indexedSourceView(uuid, job.counts[uuid], job.startedAt, job.end?.at));

export const indexedSourceView = (
  uuid: string,
  counts: IndexedCounts | undefined,
  startedAt: number,
  completedAt: number | undefined,
): Record<string, unknown> => {
  const base = { data_source_uuid: uuid, started_at: isoMoment(startedAt) };
  if (counts === undefined) return { ...base, status: 'DATA_SOURCE_STATUS_IN_PROGRESS' };
  const isRead = counts.status === 'UPDATED' && counts.items > 0;
  return {
    ...base,
    status: `DATA_SOURCE_STATUS_${counts.status}`,
    ...(completedAt === undefined ? {} : { completed_at: isoMoment(completedAt) }),
    total_file_count: counts.bytes > 0 ? '1' : '0',
    indexed_file_count: isRead ? '1' : '0',
    indexed_item_count: counts.items.toString(),
    skipped_item_count: counts.skipped.toString(),
    failed_item_count: counts.status === 'FAILED' ? '1' : '0',
    removed_item_count: '0',
    total_bytes: counts.bytes.toString(),
    total_bytes_indexed: isRead ? counts.bytes.toString() : '0',
    ...(counts.error === undefined ? {} : { error_msg: counts.error }),
  };
};
