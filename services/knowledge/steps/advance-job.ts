import { jobProgressed } from '../../../shared/contracts/knowledge.ts';
import { Failure, toFailure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { pollDelayMs } from '../domain.ts';
import { closeRest } from '../store/crawl-items.ts';
import { dropHeld } from '../store/documents.ts';
import { findJob, releaseJob, saveJob, type Job } from '../store/jobs.ts';
import { advanceRemoval } from './advance-removal.ts';
import { runCrawl } from './run-crawl.ts';

const attemptsMax = 8;

/**
 * Runs a crawl or the next step of a removal, under a lease. What fails for good fails the job, in words. An outage does not
 * count; a process that died does, so that a crawl which kills its process ends.
 */
export const advanceJob = async (deps: Deps, job: Job, signal: AbortSignal): Promise<void> => {
  try {
    if (job.request.kind === 'crawl') await advanceCrawl(deps, job, job.request, signal);
    if (job.request.kind === 'remove') {
      const outcome = await advanceRemoval(deps, job);
      // Many documents take many steps, which are no attempts.
      if (outcome === 'advanced') await lookAgain(deps, job, { attempt: 0 });
      if (outcome === 'waiting') await lookAgain(deps, job, { attempt: job.attempt });
    }
  } catch (thrown) {
    const failure = toFailure(thrown);
    deps.logger.warn({ err: failure, job_id: job.id, attempt: job.attempt }, 'step of job failed');
    const { retryAfterMs = 0 } = failure;
    const isOwn = failure.code === 'internal';
    if (failure.retryable) await lookAgain(deps, job, { attempt: job.attempt - 1, retryAfterMs });
    // A removal is owed until it is done; a crawl that keeps failing is given up and can be started again.
    else if (job.kind === 'remove' || isOwn) await lookAgain(deps, job, { attempt: job.attempt, retryAfterMs });
    else await fail(deps, job, failure);
  } finally {
    await deps.database.run((client) => releaseJob(client, job));
  }
};

const advanceCrawl = async (
  deps: Deps,
  job: Job,
  request: Extract<Job['request'], { kind: 'crawl' }>,
  signal: AbortSignal,
): Promise<void> => {
  if (job.attempt > attemptsMax) {
    throw new Failure('page_unavailable', { detail: `The crawl did not get on in ${attemptsMax} attempts` });
  }
  const more = await runCrawl(deps, job, request, signal);
  if (more === undefined) return;
  const nextAt = new Date(deps.clock.now() + more.pauseMs);
  await deps.database.run((client) => saveJob(client, job, { attempt: 0, nextAt }));
  deps.wakeJobs(more.pauseMs + 10);
};

const fail = (deps: Deps, job: Job, { code, detail }: Failure): Promise<void> =>
  deps.messaging.transaction(async (tx) => {
    // Documents before jobs, as all do who move them.
    if ((await findJob(tx, job.id))?.leaseOwner !== job.leaseOwner) return;
    await dropHeld(tx, job.id);
    if (!(await saveJob(tx, job, { phase: 'failed', errorCode: code, errorMessage: detail }))) return;
    await closeRest(tx, job.id, 'the crawl ended before');
    await deps.messaging.emit(tx, jobProgressed, {
      domainId: job.domainId,
      data: { job_id: job.id, phase: 'failed', done: job.done, total: job.total },
    });
  });

const lookAgain = async (
  deps: Deps,
  job: Job,
  next: { readonly attempt: number; readonly retryAfterMs?: number },
): Promise<void> => {
  const { pollMinMs: minMs, pollMaxMs: maxMs } = deps.config;
  const pauseMs = pollDelayMs(Math.max(0, next.attempt - 1), { minMs, maxMs }, deps.clock.random());
  const delayMs = Math.max(pauseMs, next.retryAfterMs ?? 0);
  const nextAt = new Date(deps.clock.now() + delayMs);
  await deps.database.run((client) => saveJob(client, job, { attempt: next.attempt, nextAt }));
  deps.wakeJobs(delayMs + 10);
};
