import type { Transaction } from '../../shared/db/client.ts';
import type { Deps } from './deps.ts';
import { insertStart } from './store/crawl-items.ts';
import { insertJob } from './store/jobs.ts';
import { updateSource, type Source } from './store/sources.ts';

/** Starts the next run of a source as a crawl of its own, and plans the one after it. The caller holds the domain. */
export const startRun = async (deps: Pick<Deps, 'clock'>, tx: Transaction, source: Source): Promise<string> => {
  const id = deps.clock.newId();
  await insertJob(tx, {
    id,
    domainId: source.domainId,
    phase: 'accepted',
    request: {
      kind: 'crawl',
      url: source.url,
      // The pages of a sitemap are one step behind it, and lead nowhere.
      depth_max: source.kind === 'sitemap' ? 2 : source.depthMax,
      links_max: source.pagesMax,
      include: [...source.include],
      exclude: [...source.exclude],
      starts_at: source.kind,
      chunk_size: source.chunkSize,
      use_semantic: source.useSemantic,
    },
    total: 1,
    bytes: 0,
    sourceId: source.id,
    isAsked: false,
  });
  await insertStart(tx, id, { url: source.url, kind: source.kind });
  await updateSource(tx, source.id, { nextRunAt: new Date(deps.clock.now() + source.everyMinutes * 60_000) });
  return id;
};
