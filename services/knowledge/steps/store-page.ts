import type { Transaction } from '../../../shared/db/client.ts';
import type { CrawledPage } from '../crawl/port.ts';
import type { Deps } from '../deps.ts';
import { keyOf, putVersion } from '../put-version.ts';
import type { Job } from '../store/jobs.ts';
import type { CrawlRequest } from './crawl-list.ts';

interface Stored {
  readonly state?: CrawledPage['state'];
  readonly documentId?: string;
  readonly change?: 'added' | 'changed' | 'unchanged';
}

/**
 * Stores a page that was read as the next version of its document, to be held until the crawl lets go of it; nothing when it
 * reads as it did.
 */
export const storePage = async (
  deps: Deps,
  tx: Transaction,
  { job, request, page }: { readonly job: Job; readonly request: CrawlRequest; readonly page: CrawledPage },
): Promise<Stored> => {
  const { content, hash, url } = page;
  if (page.state === 'unchanged') return { change: 'unchanged' };
  if (content === undefined || hash === undefined) return {};
  const read = {
    domainId: job.domainId,
    jobId: job.id,
    name: url,
    filename: url,
    type: 'html' as const,
    hash,
    bytes: content.bytes,
    pages: null,
    chunkSize: request.chunk_size,
    useSemantic: request.use_semantic,
    sourceUrl: url,
    text: content.text,
    isHeld: true,
  };
  const { outcome, document } = await putVersion(deps, tx, keyOf(read), read);
  if (outcome === 'unchanged') return { state: 'unchanged', change: 'unchanged' };
  return { documentId: document.id, change: outcome === 'new' ? 'added' : 'changed' };
};
