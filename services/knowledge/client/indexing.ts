import type { z } from 'zod';
import { unlessMissing, type Call } from '../../../shared/gradient/control-plane.ts';
import { garbled } from './garbled.ts';
import * as schemas from './schemas.ts';

/** How an indexing job stands; `running` covers every phase that is not an end, `missing` a job the cloud does not know. */
export type IndexingOutcome = 'running' | 'succeeded' | 'failed' | 'missing';

/** What an indexing job did with one source; `failed` in words. */
export type SourceVerdict =
  { readonly is: 'indexed' } | { readonly is: 'failed'; readonly reason: string } | { readonly is: 'running' };

/** Indexing jobs. */
export const indexingCalls = (call: Call) => ({
  startIndexing: startIndexing(call),
  /** Lets the index follow what was taken out of the base; nothing when the base is gone. */
  refreshIndex: async (baseUuid: string): Promise<void> => {
    await unlessMissing(() => startIndexing(call)(baseUuid));
  },
  /** Judged by `phase`; the cloud may not find a job right after its start. */
  indexingOutcome: async (jobUuid: string): Promise<IndexingOutcome> => {
    const answer = await unlessMissing(() => call('GET', `/indexing_jobs/${jobUuid}`, schemas.jobAnswer));
    if (answer === null) return 'missing';
    const phase = answer.job?.phase ?? '';
    if (phase === 'BATCH_JOB_PHASE_SUCCEEDED') return 'succeeded';
    return failedPhases.has(phase) ? 'failed' : 'running';
  },
  /** What a finished job says of each source, by data source uuid; a source it does not speak of is absent. */
  sourceVerdicts: async (jobUuid: string): Promise<ReadonlyMap<string, SourceVerdict>> => {
    const path = `/indexing_jobs/${jobUuid}/data_sources`;
    const answer = await unlessMissing(() => call('GET', path, schemas.jobSourcesAnswer));
    return new Map(
      (answer?.indexed_data_sources ?? []).flatMap((source) =>
        typeof source.data_source_uuid === 'string' ? [[source.data_source_uuid, verdictOf(source)]] : [],
      ),
    );
  },
});

const startIndexing =
  (call: Call) =>
  async (baseUuid: string): Promise<string> => {
    const { job } = await call('POST', '/indexing_jobs', schemas.jobAnswer, {
      json: { knowledge_base_uuid: baseUuid },
    });
    if (typeof job?.uuid !== 'string') throw garbled('indexing job');
    return job.uuid;
  };

const failedPhases = new Set(['BATCH_JOB_PHASE_FAILED', 'BATCH_JOB_PHASE_ERROR', 'BATCH_JOB_PHASE_CANCELLED']);
const failedStates = new Set(['DATA_SOURCE_STATUS_FAILED', 'DATA_SOURCE_STATUS_CANCELLED']);

/**
 * Each source of ours is one file: one of which nothing was indexed and something failed is not indexed, whatever the status
 * says. Counters that the cloud leaves out are zero. NOT_UPDATED is a good end: an earlier job indexed it.
 */
const verdictOf = (source: z.output<typeof schemas.jobSource>): SourceVerdict => {
  const reason = source.error_msg ?? source.error_details ?? 'The cloud could not index this document';
  if (failedStates.has(source.status ?? '')) return { is: 'failed', reason };
  if (source.status === 'DATA_SOURCE_STATUS_IN_PROGRESS') return { is: 'running' };
  const isEmpty = (source.indexed_item_count ?? 0) === 0 && (source.failed_item_count ?? 0) > 0;
  return isEmpty ? { is: 'failed', reason } : { is: 'indexed' };
};
