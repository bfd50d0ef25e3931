import type { removeDocument } from '../../../shared/contracts/knowledge.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import type { Deps } from '../deps.ts';
import { startRemoval } from '../start-removal.ts';
import { knownDocument } from './known-document.ts';

/** Starts the removal from the cloud and from here; asked again, it answers with a job of its own that finds it gone. */
export const handleRemoveDocument =
  (deps: Deps): Handler<typeof removeDocument> =>
  async ({ domain_id, document_id }) => {
    const job_id = await deps.messaging.transaction(async (tx) =>
      startRemoval(deps, tx, await knownDocument(tx, domain_id, document_id)),
    );
    deps.wakeJobs();
    return { job_id };
  };
