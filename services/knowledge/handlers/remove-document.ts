import type { removeDocument } from '../../../shared/contracts/knowledge.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import type { Deps } from '../deps.ts';
import { startRemoval } from '../start-removal.ts';
import { holdDomain } from '../store/removals.ts';
import { knownVersions } from './known-document.ts';

/**
 * Starts the removal of all versions from the cloud and from here; asked again, it answers with a job of its own that finds
 * them gone. Throws `document_unknown`, also for another domain's.
 */
export const handleRemoveDocument =
  (deps: Deps): Handler<typeof removeDocument> =>
  async ({ domain_id, document_id }) => {
    const job_id = await deps.messaging.transaction(async (tx) => {
      await holdDomain(tx, domain_id);
      const versions = await knownVersions(tx, domain_id, document_id);
      return startRemoval(deps, tx, domain_id, { versions, because: 'asked' });
    });
    deps.wakeJobs();
    return { job_id };
  };
