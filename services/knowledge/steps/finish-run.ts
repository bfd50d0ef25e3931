import { pagesVanished, sourceSynced } from '../../../shared/contracts/knowledge-sources.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import type { Deps } from '../deps.ts';
import type { Job } from '../store/jobs.ts';
import * as pages from '../store/source-pages.ts';
import { forgetOldRuns } from '../store/source-runs.ts';
import { lockSource, updateSource } from '../store/sources.ts';

// A site that lost so much of itself is more likely ill than smaller.
const vanishedShareMax = 0.3;

/**
 * Compares what a run found with what its source had. Pages that vanished go, unless they are more than thirty per cent: then
 * nothing goes before somebody said so.
 */
export const finishRun = async (
  deps: Pick<Deps, 'messaging'>,
  tx: Transaction,
  { id: jobId, domainId }: Job,
  run: { readonly sourceId: string; readonly isCut: boolean },
): Promise<void> => {
  const source = await lockSource(tx, run.sourceId);
  if (source === null || source.state === 'removing') return;
  const known = await pages.countPages(tx, source.id);
  await pages.notePresent(tx, source.id, jobId);
  const vanished = await pages.markVanished(tx, source.id, { jobId, isCut: run.isCut });
  const isTooMuch = vanished > known * vanishedShareMax;
  if (vanished > 0) {
    await pages.listVanished(tx, source.id, { jobId, change: isTooMuch ? 'vanished' : 'pruned' });
    if (!isTooMuch) await pages.decideVanished(tx, source.id, true);
  }
  if (isTooMuch) await updateSource(tx, source.id, { state: 'needs_confirmation' });
  const changes = await pages.countChanges(tx, jobId);
  await tx.job.update({ where: { id: jobId }, data: { changes } });
  await forgetOldRuns(tx, source.id);
  const fact = { source_id: source.id, job_id: jobId, url: source.url };
  await deps.messaging.emit(tx, sourceSynced, { domainId, data: { ...fact, changes } });
  if (isTooMuch) await deps.messaging.emit(tx, pagesVanished, { domainId, data: { ...fact, vanished, known } });
};
