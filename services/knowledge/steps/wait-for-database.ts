import { Failure } from '../../../shared/errors/failure.ts';
import { nextBaseState } from '../domain.ts';
import { saveStep, saveWithinStep } from '../store/bases.ts';
import { documentsOfBase, updateDocument } from '../store/documents.ts';
import type { Step } from './advance-base.ts';

// DigitalOcean's own waiters give up on these two (gradient-api, dbaasClusterStatus).
const lostStates = new Set(['DECOMMISSIONED', 'UNHEALTHY']);

// The cloud starts indexing by itself; when it has not after this many looks, we ask for it.
const looksBeforeAsking = 6;

/**
 * Waits until the base's database is there (minutes for the first one), learns its id for the bases to come, and the ids of
 * the data sources, which the creation did not tell.
 */
export const waitForDatabase: Step = async (deps, base) => {
  if (base.kbUuid === null)
    throw new Failure('internal', { detail: 'A base without a cloud id waits for its database' });
  const found = await deps.cloud.getBase(base.kbUuid);
  if (found === null) throw new Failure('cloud_refused', { detail: 'The knowledge base has vanished from the cloud' });
  if (found.databaseStatus !== null && lostStates.has(found.databaseStatus)) {
    throw new Failure('cloud_refused', { detail: `The database of the knowledge base is ${found.databaseStatus}` });
  }
  if (found.databaseId !== null && base.databaseId === null) {
    const { databaseId } = found;
    await deps.database.run((client) => saveWithinStep(client, base, { databaseId }));
  }
  if (found.databaseStatus !== null && found.databaseStatus !== 'ONLINE') return {};
  const job =
    found.indexingJobUuid ?? (base.attempt < looksBeforeAsking ? null : await deps.cloud.startIndexing(base.kbUuid));
  if (job === null) return {};
  const sources = await deps.cloud.listSources(base.kbUuid);
  await deps.database.transaction(async (tx) => {
    for (const document of await documentsOfBase(tx, base.id)) {
      const dataSourceUuid = sources.get(document.storedName);
      if (dataSourceUuid !== undefined) await updateDocument(tx, document.id, { dataSourceUuid });
    }
    await saveStep(tx, base, {
      state: nextBaseState(base.state, 'database_online'),
      indexingJobUuid: job,
      attempt: 0,
      nextAt: new Date(deps.clock.now()),
    });
  });
  deps.wakeBases();
  return 'saved';
};
