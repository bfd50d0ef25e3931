import type { domainRemoved, kbAttached, kbDetached } from '../../../shared/contracts/provisioning.ts';
import type { Delivery } from '../../../shared/bus/port.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import type { Deps } from '../deps.ts';
import { nextBaseState } from '../domain.ts';
import { refreshJobs } from '../progress.ts';
import { startRemoval } from '../start-removal.ts';
import { findBaseByCloudId, listBasesOfDomain, markAttached, moveBase } from '../store/bases.ts';
import { deleteDocumentsOfDomain, documentsOfBase, olderVersions } from '../store/documents.ts';
import { deleteJobsOfDomain } from '../store/jobs.ts';

/**
 * The agent answers from the base now: jobs whose last document that was are done, and the versions that its documents
 * replace may go. Not before, or there would be a while without any.
 */
export const onKbAttached =
  (deps: Deps) =>
  async (tx: Transaction, { data }: Delivery<typeof kbAttached>): Promise<void> => {
    const base = await findBaseByCloudId(tx, data.kb_uuid);
    if (base === null) return;
    await markAttached(tx, base, new Date(deps.clock.now()));
    const documents = await documentsOfBase(tx, base.id);
    for (const document of documents.filter(({ state }) => state === 'indexed')) {
      for (const older of await olderVersions(tx, document)) await startRemoval(deps, tx, older);
    }
    await refreshJobs(
      deps,
      tx,
      documents.map((document) => document.jobId),
    );
    deps.wakeJobs();
  };

/** Nobody uses the base any more: it may be deleted. */
export const onKbDetached =
  (deps: Deps) =>
  async (tx: Transaction, { data }: Delivery<typeof kbDetached>): Promise<void> => {
    const base = await findBaseByCloudId(tx, data.kb_uuid);
    if (base === null) return;
    const state = nextBaseState(base.state, 'detached');
    if (state !== base.state) await moveBase(tx, base, state);
    deps.wakeBases();
  };

/** The domain is gone: its documents and jobs at once, its bases from the cloud first. */
export const onDomainRemoved =
  (deps: Deps) =>
  async (tx: Transaction, { envelope }: Delivery<typeof domainRemoved>): Promise<void> => {
    await deleteDocumentsOfDomain(tx, envelope.domain_id);
    await deleteJobsOfDomain(tx, envelope.domain_id);
    for (const base of await listBasesOfDomain(tx, envelope.domain_id)) {
      await moveBase(tx, base, nextBaseState(base.state, 'domain_removed'));
    }
    deps.wakeBases();
  };
