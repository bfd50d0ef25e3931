import type { kbRefused } from '../../../shared/contracts/provisioning.ts';
import type { Delivery } from '../../../shared/bus/port.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import type { Deps } from '../deps.ts';
import { failJobs } from '../progress.ts';
import { findBaseByCloudId } from '../store/bases.ts';
import { documentsOfBase } from '../store/documents.ts';

/** The agent does not get the base: jobs that wait for it fail, in words. Its documents stay, for a later try. */
export const onKbRefused =
  (deps: Pick<Deps, 'messaging'>) =>
  async (tx: Transaction, { data }: Delivery<typeof kbRefused>): Promise<void> => {
    const base = await findBaseByCloudId(tx, data.kb_uuid);
    if (base === null || base.attachedAt !== null) return;
    const documents = await documentsOfBase(tx, base.id);
    const jobIds = documents.flatMap(({ jobId, state }) => (jobId !== null && state === 'indexed' ? [jobId] : []));
    const { code, message } = data.error;
    await failJobs(deps, tx, jobIds, { code, message: `The agent could not be given the documents: ${message}` });
  };
