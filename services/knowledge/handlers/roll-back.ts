import { rollbackStarted, rollBack } from '../../../shared/contracts/knowledge-snapshots.ts';
import type { z } from 'zod';
import type { Handler } from '../../../shared/bus/port.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import type { Deps } from '../deps.ts';
import { planRollback, type RollbackPlan } from '../plan-rollback.ts';
import { refreshJobs } from '../progress.ts';
import { startRemoval } from '../start-removal.ts';
import { insertJob, replaceItems } from '../store/jobs.ts';
import { holdDomain } from '../store/removals.ts';
import { lockStaying, restoreVersions } from '../store/restore.ts';
import { versionsOfSnapshot } from '../store/snapshots.ts';
import { takeSnapshot } from '../take-snapshot.ts';
import { knownSnapshot } from './snapshots.ts';

type Input = z.output<(typeof rollBack)['input']>;

/**
 * Makes answers rest on the snapshot's versions again. What is restored answers before what it replaces goes; a job tells how
 * both get on. Throws `snapshot_unknown`, also for another domain's, and what taking a snapshot throws.
 */
export const handleRollBack =
  (deps: Deps): Handler<typeof rollBack> =>
  async (input) => {
    const { domain_id: scope, idempotency } = input;
    const answer = await deps.messaging.once({ scope, idempotency }, rollBack.output, (tx) => start(deps, tx, input));
    deps.wakeBases();
    deps.wakeJobs();
    return answer;
  };

const start = async (
  deps: Deps,
  tx: Transaction,
  { domain_id: domainId, snapshot_id, keep_as }: Input,
): Promise<z.output<typeof rollBack.output>> => {
  // Who attaches a base holds the domain too: nothing gets into use, and nothing replaced, while this is decided.
  await holdDomain(tx, domainId);
  const snapshot = await knownSnapshot(tx, domainId, snapshot_id);
  if (keep_as !== undefined) await takeSnapshot(deps, tx, domainId, keep_as);
  const plan = planRollback(await versionsOfSnapshot(tx, snapshot_id), await lockStaying(tx, domainId));
  const job_id = await begin(deps, tx, { domainId, snapshotId: snapshot_id, plan });
  const counts = { restored: plan.restore.length, removed: plan.remove.length + plan.drop.length };
  await deps.messaging.emit(tx, rollbackStarted, {
    domainId,
    data: { snapshot_id, name: snapshot.name, job_id, ...counts },
  });
  return { job_id, ...counts, unchanged: plan.unchanged };
};

const begin = async (
  deps: Deps,
  tx: Transaction,
  rollback: { readonly domainId: string; readonly snapshotId: string; readonly plan: RollbackPlan },
): Promise<string> => {
  const { domainId, snapshotId, plan } = rollback;
  const id = deps.clock.newId();
  const gone = [...plan.remove, ...plan.drop];
  const fresh = plan.restore.map((version) => ({ ...version, id: deps.clock.newId() }));
  await insertJob(tx, {
    id,
    domainId,
    phase: 'extracting',
    request: { kind: 'rollback', snapshot_id: snapshotId },
    total: fresh.length + gone.length,
    bytes: plan.restore.reduce((sum, { bytes }) => sum + bytes, 0),
  });
  if (gone.length > 0) await startRemoval(deps, tx, domainId, { versions: gone, because: 'rolled_back' });
  if (fresh.length > 0) await restoreVersions(tx, domainId, fresh, id);
  await replaceItems(tx, id, [
    ...fresh.map((version) => ({ name: version.name, state: 'accepted', documentId: version.id })),
    ...gone.map((row) => ({ name: row.name, state: 'removing', documentId: row.id })),
  ]);
  // With nothing to do it is done.
  await refreshJobs(deps, tx, [id]);
  return id;
};
