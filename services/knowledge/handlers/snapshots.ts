import type {
  getSnapshot,
  listSnapshots,
  removeSnapshot,
  snapshotView,
} from '../../../shared/contracts/knowledge-snapshots.ts';
import { takeSnapshot } from '../../../shared/contracts/knowledge-snapshots.ts';
import type { z } from 'zod';
import type { Handler } from '../../../shared/bus/port.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { planRollback } from '../plan-rollback.ts';
import { holdDomain } from '../store/removals.ts';
import { stayingOf } from '../store/restore.ts';
import { deleteSnapshot, findSnapshot, listSnapshots as readPage, versionsOfSnapshot } from '../store/snapshots.ts';
import type { Snapshot } from '../store/snapshots.ts';
import { takeSnapshot as nameVersions } from '../take-snapshot.ts';

const changesMax = 100;

/** Names what answers rest on now. Throws `snapshot_taken`, `snapshot_empty`, `snapshots_full`. */
export const handleTakeSnapshot =
  ({ clock, messaging }: Deps): Handler<typeof takeSnapshot> =>
  ({ domain_id: scope, name, idempotency }) =>
    messaging.once({ scope, idempotency }, takeSnapshot.output, async (tx) => {
      await holdDomain(tx, scope);
      return { snapshot: viewSnapshot(await nameVersions({ clock, messaging }, tx, scope, name)) };
    });

/** Newest first. */
export const handleListSnapshots =
  ({ database }: Deps): Handler<typeof listSnapshots> =>
  async ({ domain_id, limit, cursor }) => {
    const page = await database.run((client) => readPage(client, { domainId: domain_id, limit, cursor }));
    return { snapshots: page.rows.map(viewSnapshot), total: page.total, next_cursor: page.next_cursor };
  };

/** One snapshot and what a rollback to it would change now. Throws `snapshot_unknown`, also for another domain's. */
export const handleGetSnapshot =
  ({ database }: Deps): Handler<typeof getSnapshot> =>
  ({ domain_id, snapshot_id }) =>
    database.run(async (tx) => {
      const snapshot = await knownSnapshot(tx, domain_id, snapshot_id);
      const wanted = await versionsOfSnapshot(tx, snapshot_id);
      const { restore, remove, drop, unchanged } = planRollback(wanted, await stayingOf(tx, domain_id));
      const changes = [
        ...restore.map((version) => ({ ...version, change: 'restore' as const })),
        ...remove.map((row) => ({ ...row, change: 'remove' as const })),
        ...drop.map((row) => ({ ...row, change: 'drop' as const })),
      ];
      return {
        snapshot: viewSnapshot(snapshot),
        unchanged,
        changed: changes.length,
        changes: changes
          .slice(0, changesMax)
          .map(({ originalId, name, change }) => ({ document_id: originalId, name, change })),
      };
    });

/** Lets go of the texts that only this snapshot needs. Throws `snapshot_unknown`, also for another domain's. */
export const handleRemoveSnapshot =
  ({ database }: Deps): Handler<typeof removeSnapshot> =>
  ({ domain_id, snapshot_id }) =>
    database.transaction(async (tx) => {
      await holdDomain(tx, domain_id);
      await deleteSnapshot(tx, await knownSnapshot(tx, domain_id, snapshot_id));
      return {};
    });

/** A snapshot of the domain; throws `snapshot_unknown`, also for another domain's. */
export const knownSnapshot = async (tx: Transaction, domainId: string, id: string): Promise<Snapshot> => {
  const snapshot = await findSnapshot(tx, domainId, id);
  if (snapshot === null) throw new Failure('snapshot_unknown');
  return snapshot;
};

const viewSnapshot = ({ id, name, documents, createdAt }: Snapshot): z.output<typeof snapshotView> => ({
  id,
  name,
  documents,
  created_at: createdAt.toISOString(),
});
