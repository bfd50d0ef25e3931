import type { SourceView } from '../../../shared/contracts/knowledge-sources.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { countPages } from '../store/source-pages.ts';
import { listRuns } from '../store/source-runs.ts';
import { findSource, lockSource, type Source } from '../store/sources.ts';

/** A source of the domain, held until the transaction ends; throws `source_unknown`, also for another domain's. */
export const holdSource = async (tx: Transaction, domainId: string, id: string): Promise<Source> => {
  const source = await lockSource(tx, id);
  if (source?.domainId !== domainId) throw new Failure('source_unknown');
  return source;
};

/** As `holdSource`, without holding it. */
export const knownSource = async (client: Transaction, domainId: string, id: string): Promise<Source> => {
  const source = await findSource(client, id);
  if (source?.domainId !== domainId) throw new Failure('source_unknown');
  return source;
};

/** A source as the outside sees it. */
export const viewSource = async (client: Transaction, source: Source): Promise<SourceView> => ({
  id: source.id,
  kind: source.kind,
  url: source.url,
  state: source.state,
  every_minutes: source.everyMinutes,
  max_depth: source.depthMax,
  max_pages: source.pagesMax,
  include: [...source.include],
  exclude: [...source.exclude],
  pages: await countPages(client, source.id),
  next_run_at: source.state === 'active' ? source.nextRunAt.toISOString() : null,
  last_run: (await listRuns(client, source.id, 1))[0] ?? null,
  created_at: source.createdAt.toISOString(),
});
