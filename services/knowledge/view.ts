import type { DocumentView, JobView } from '../../shared/contracts/knowledge.ts';
import { etaSeconds, isEnded } from './domain.ts';
import type { Document } from './store/documents.ts';
import type { PresentDocument } from './store/present-documents.ts';
import type { JobItemRow } from './store/job-items.ts';
import type { Job } from './store/jobs.ts';

/** A document as the outside sees it. */
export const viewDocument = (document: PresentDocument): DocumentView => ({
  id: document.originalId,
  name: document.name,
  type: document.type,
  state: document.state,
  version: document.version,
  live_version: document.liveVersion,
  hash: document.hash,
  bytes: document.bytes,
  pages: document.pages,
  chunks: document.chunks,
  language: document.language,
  source_url: document.sourceUrl,
  error: errorOf(document),
  created_at: document.createdAt.toISOString(),
  indexed_at: document.indexedAt?.toISOString() ?? null,
});

/** What is shown of a job beside its row and its items. */
interface JobDetails {
  readonly counts: Readonly<Record<string, number>>;
  /** How long such a job usually takes, milliseconds. */
  readonly typicalMs: number | null;
  readonly nowMs: number;
}

/** A job as the outside sees it, without its items. */
export const viewJob = (job: Job, { counts, typicalMs, nowMs }: JobDetails): Omit<JobView, 'items'> => ({
  id: job.id,
  domain_id: job.domainId,
  kind: job.kind,
  phase: job.phase,
  done: job.done,
  total: job.total,
  bytes: job.bytes,
  eta_s: isEnded(job.phase)
    ? null
    : etaSeconds({ done: job.done, total: job.total, elapsedMs: nowMs - job.createdAt.getTime(), typicalMs }),
  counts,
  error: errorOf(job),
  created_at: job.createdAt.toISOString(),
  updated_at: job.updatedAt.toISOString(),
});

/** An item of a job as the outside sees it. */
export const viewItem = ({ name, state, reason, code, document_id }: JobItemRow): JobView['items'][number] => ({
  name,
  state,
  ...(reason === null ? {} : { reason }),
  ...(code === null ? {} : { code }),
  ...(document_id === null ? {} : { document_id }),
});

/** Why something failed, for its owner; null when it has not. */
export const errorOf = ({
  errorCode,
  errorMessage,
}: Pick<Document, 'errorCode' | 'errorMessage'>): DocumentView['error'] =>
  errorCode === null ? null : { code: errorCode, message: errorMessage ?? errorCode };
