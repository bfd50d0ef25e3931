import type { DocumentView, JobView } from '../../shared/contracts/knowledge.ts';
import { etaSeconds } from './domain.ts';
import type { PresentDocument } from './store/present-documents.ts';
import type { Job, JobItemRow } from './store/jobs.ts';

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
  error:
    document.errorCode === null
      ? null
      : { code: document.errorCode, message: document.errorMessage ?? document.errorCode },
  created_at: document.createdAt.toISOString(),
  indexed_at: document.indexedAt?.toISOString() ?? null,
});

/** A job as the outside sees it. */
export const viewJob = (job: Job, items: readonly JobItemRow[], nowMs: number): JobView => ({
  id: job.id,
  domain_id: job.domainId,
  kind: job.kind,
  phase: job.phase,
  done: job.done,
  total: job.total,
  bytes: job.bytes,
  eta_s: etaSeconds({ done: job.done, total: job.total, elapsedMs: nowMs - job.createdAt.getTime() }),
  items: items.map(viewItem),
  error: job.errorCode === null ? null : { code: job.errorCode, message: job.errorMessage ?? job.errorCode },
  created_at: job.createdAt.toISOString(),
  updated_at: job.updatedAt.toISOString(),
});

const viewItem = ({ name, state, reason, code, document_id }: JobItemRow): JobView['items'][number] => ({
  name,
  state,
  ...(reason === null ? {} : { reason }),
  ...(code === null ? {} : { code }),
  ...(document_id === null ? {} : { document_id }),
});
