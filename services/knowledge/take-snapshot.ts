import { snapshotCreated } from '../../shared/contracts/knowledge-snapshots.ts';
import type { Transaction } from '../../shared/db/client.ts';
import { Failure } from '../../shared/errors/failure.ts';
import type { StoreDeps } from './deps.ts';
import { countSnapshots, insertSnapshot, type Snapshot } from './store/snapshots.ts';

const snapshotsMax = 50;

/**
 * Names what answers rest on now; the caller holds the domain. Throws `snapshot_taken`, `snapshots_full`, `snapshot_empty`.
 */
export const takeSnapshot = async (
  deps: Pick<StoreDeps, 'clock' | 'messaging'>,
  tx: Transaction,
  domainId: string,
  name: string,
): Promise<Snapshot> => {
  const { count, isTaken } = await countSnapshots(tx, domainId, name);
  if (isTaken) throw new Failure('snapshot_taken', { detail: `A snapshot named “${name}” is there` });
  if (count >= snapshotsMax) {
    throw new Failure('snapshots_full', { detail: `At most ${snapshotsMax} snapshots are kept: remove one first` });
  }
  const createdAt = new Date(deps.clock.now());
  const snapshot = await insertSnapshot(tx, { id: deps.clock.newId(), domainId, name, createdAt });
  if (snapshot.documents === 0) throw new Failure('snapshot_empty', { detail: 'No document is in use yet' });
  await deps.messaging.emit(tx, snapshotCreated, {
    domainId,
    data: { snapshot_id: snapshot.id, name, documents: snapshot.documents },
  });
  return snapshot;
};
