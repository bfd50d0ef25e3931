import type * as contracts from '../../../shared/contracts/knowledge-sources.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { startRun } from '../start-run.ts';
import { holdDomain } from '../store/removals.ts';
import { decideVanished, letAllGo } from '../store/source-pages.ts';
import { isRunning } from '../store/source-runs.ts';
import { deleteSource, updateSource, type Source } from '../store/sources.ts';
import { holdSource, knownSource, viewSource } from './known-source.ts';

/** Changes how and when a source is looked through; the next run goes by it. */
export const handleUpdateSource =
  (deps: Deps): Handler<typeof contracts.updateSource> =>
  async ({ domain_id, source_id, is_paused, ...change }) =>
    deps.messaging.transaction(async (tx) => {
      const source = await holdSource(tx, domain_id, source_id);
      const { every_minutes, max_depth, max_pages, include, exclude } = change;
      if (is_paused !== undefined) requireRunnable(source);
      await updateSource(tx, source_id, {
        ...(is_paused === undefined ? {} : { state: is_paused ? 'paused' : 'active' }),
        ...(every_minutes === undefined
          ? {}
          : { everyMinutes: every_minutes, nextRunAt: new Date(deps.clock.now() + every_minutes * 60_000) }),
        ...(max_depth === undefined ? {} : { depthMax: max_depth }),
        ...(max_pages === undefined ? {} : { pagesMax: max_pages }),
        ...(include === undefined ? {} : { include }),
        ...(exclude === undefined ? {} : { exclude }),
      });
      return { source: await viewSource(tx, await knownSource(tx, domain_id, source_id)) };
    });

const requireRunnable = ({ state }: Source): void => {
  if (state === 'needs_confirmation') {
    throw new Failure('conflict', { detail: 'The source waits for a word on the pages that vanished' });
  }
  if (state === 'removing') throw new Failure('conflict', { detail: 'The source is being removed' });
};

/** Starts a run now, also of a source that is paused. */
export const handleRunSource =
  (deps: Deps): Handler<typeof contracts.runSource> =>
  async ({ domain_id, source_id }) => {
    const job_id = await deps.messaging.transaction(async (tx) => {
      await holdDomain(tx, domain_id);
      const source = await holdSource(tx, domain_id, source_id);
      requireRunnable(source);
      if (await isRunning(tx, source_id)) throw new Failure('conflict', { detail: 'A run is under way' });
      return startRun(deps, tx, source);
    });
    deps.wakeJobs();
    return { job_id };
  };

/** Says what becomes of the pages that vanished; the schedule goes on. */
export const handleAnswerSource =
  (deps: Deps): Handler<typeof contracts.answerSource> =>
  async ({ domain_id, source_id, prune }) =>
    deps.messaging.transaction(async (tx) => {
      const { state } = await holdSource(tx, domain_id, source_id);
      if (state !== 'needs_confirmation') {
        throw new Failure('conflict', { detail: 'The source asks for no confirmation' });
      }
      await decideVanished(tx, source_id, prune);
      await updateSource(tx, source_id, { state: 'active' });
      return { source: await viewSource(tx, await knownSource(tx, domain_id, source_id)) };
    });

/** Takes the source away; its pages go in the background, unless they are to stay. */
export const handleRemoveSource =
  (deps: Deps): Handler<typeof contracts.removeSource> =>
  async ({ domain_id, source_id, keep_pages }) =>
    deps.messaging.transaction(async (tx) => {
      await holdSource(tx, domain_id, source_id);
      if (keep_pages) await deleteSource(tx, source_id);
      else {
        await letAllGo(tx, source_id);
        await updateSource(tx, source_id, { state: 'removing' });
      }
      return {};
    });
