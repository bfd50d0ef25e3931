import type { kbAttached } from '../../../shared/contracts/provisioning.ts';
import type { Delivery } from '../../../shared/bus/port.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import type { Deps } from '../deps.ts';
import { refreshJobs } from '../progress.ts';
import { startRemoval } from '../start-removal.ts';
import { findBaseByCloudId, markAttached } from '../store/bases.ts';
import { documentsOfBase, olderVersions, type Document } from '../store/documents.ts';
import { isHeld } from '../store/removals.ts';

/**
 * The agent answers from the base now: jobs whose last document that was are done, and the versions that its documents
 * replace may go. Not before, or there would be a while without any.
 */
export const onKbAttached =
  (deps: Deps) =>
  async (tx: Transaction, { envelope, data }: Delivery<typeof kbAttached>): Promise<void> => {
    // What is replaced is decided by one at a time: a rollback or a removal decides it too.
    if (!(await isHeld(tx, envelope.domain_id))) return;
    const base = await findBaseByCloudId(tx, data.kb_uuid);
    if (base === null) return;
    await markAttached(tx, base, new Date(deps.clock.now()));
    const documents = await documentsOfBase(tx, base.id);
    const replaced = new Map<string, Document>();
    for (const document of documents.filter(({ state }) => state === 'indexed')) {
      for (const older of await olderVersions(tx, document)) replaced.set(older.id, older);
    }
    if (replaced.size > 0) {
      await startRemoval(deps, tx, base.domainId, { versions: [...replaced.values()], because: 'replaced' });
    }
    await refreshJobs(
      deps,
      tx,
      documents.map((document) => document.jobId),
    );
    deps.wakeJobs();
  };
