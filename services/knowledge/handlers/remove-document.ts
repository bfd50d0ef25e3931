import type { removeDocument } from '../../../shared/contracts/knowledge.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import type { Deps } from '../deps.ts';
import { startRemoval } from '../start-removal.ts';
import { holdDomain } from '../store/removals.ts';
import { snapshotsHolding } from '../store/snapshots.ts';
import { knownVersions } from './known-document.ts';

const snapshotsMax = 50;

/**
 * Starts the removal of all versions from the cloud and from here; asked again, it answers with a job of its own that finds
 * them gone. Throws `document_unknown`, also for another domain's.
 */
export const handleRemoveDocument =
  (deps: Deps): Handler<typeof removeDocument> =>
  async ({ domain_id, document_id }) => {
    const answer = await deps.messaging.transaction(async (tx) => {
      await holdDomain(tx, domain_id);
      const versions = await knownVersions(tx, domain_id, document_id);
      const job_id = await startRemoval(deps, tx, domain_id, { versions, because: 'asked' });
      return { job_id, snapshots: [...(await snapshotsHolding(tx, document_id, snapshotsMax))] };
    });
    deps.wakeJobs();
    return answer;
  };
