import { toFailure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { pollDelayMs } from '../domain.ts';
import { advanceRemoval } from '../removal.ts';
import { releaseJob, updateJob, type Job } from '../store/jobs.ts';
import { runCrawl } from './run-crawl.ts';

const attemptsMax = 8;

/** Runs a crawl or the next step of a removal, under a lease. What fails for good fails the job, in words. */
export const advanceJob = async (deps: Deps, job: Job, signal: AbortSignal): Promise<void> => {
  try {
    if (job.request.kind === 'crawl') await runCrawl(deps, job, job.request, signal);
    if (job.request.kind === 'remove' && !(await advanceRemoval(deps, job, job.request.document_id))) {
      await lookAgain(deps, job);
    }
  } catch (thrown) {
    const failure = toFailure(thrown);
    deps.logger.warn({ err: failure, job_id: job.id, attempt: job.attempt }, 'step of job failed');
    const isPassing = failure.retryable || failure.code === 'internal';
    // A removal is owed until it is done; a crawl that keeps failing is given up and can be started again.
    if (job.kind === 'remove' || (isPassing && job.attempt < attemptsMax))
      await lookAgain(deps, job, failure.retryAfterMs);
    else await deps.database.run((client) => updateJob(client, job.id, endedBy(failure.code, failure.detail)));
  } finally {
    await deps.database.run((client) => releaseJob(client, job));
  }
};

const endedBy = (errorCode: string, errorMessage: string) => ({ phase: 'failed', errorCode, errorMessage }) as const;

const lookAgain = async (deps: Deps, job: Job, waitMs?: number): Promise<void> => {
  const { pollMinMs: minMs, pollMaxMs: maxMs } = deps.config;
  const delayMs = waitMs ?? pollDelayMs(job.attempt, { minMs, maxMs }, deps.clock.random());
  const nextAt = new Date(deps.clock.now() + delayMs);
  await deps.database.run((client) => updateJob(client, job.id, { attempt: job.attempt + 1, nextAt }));
  deps.wakeJobs(delayMs + 10);
};
