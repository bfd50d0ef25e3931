import { filesPerBaseMax } from '../client/bases.ts';
import { baseNameOf } from '../domain.ts';
import type { StoreDeps } from '../deps.ts';
import { refreshJobs } from '../progress.ts';
import { deleteBase, findWebsite, insertBase, takeOrigin } from './bases.ts';
import { mergeSmallBases } from './merge-bases.ts';
import { isHeld } from './removals.ts';
import { assignToBase, documentsOfBase, domainsWithWaiting } from './documents.ts';

// A round's worth; the next round goes on with the others.
const domainsMax = 20;

/**
 * Puts documents that wait into new bases, those of one domain together. A base of their own each time, because the cloud
 * takes files only when a base is made (its contract for adding a source has no file member).
 */
export const packDocuments = async (deps: StoreDeps): Promise<void> => {
  const domains = await deps.database.run((client) => domainsWithWaiting(client, domainsMax));
  for (const domainId of domains) await packDomain(deps, domainId);
};

const packDomain = (deps: StoreDeps, domainId: string): Promise<void> =>
  deps.messaging.transaction(async (tx) => {
    if (!(await isHeld(tx, domainId))) return;
    // Without a first base the domain is not known here yet: DomainRegistered is on its way.
    const website = await findWebsite(tx, domainId);
    if (website === null) return;
    const id = deps.clock.newId();
    const kbName = baseNameOf(deps.config.baseNamePrefix, website.websiteKey, id);
    await insertBase(tx, { id, domainId, ...website, kbName });
    const assigned = await assignToBase(tx, domainId, id, filesPerBaseMax);
    if (assigned.length === 0) return deleteBase(tx, id);
    const room = filesPerBaseMax - assigned.length;
    await mergeSmallBases(tx, { domainId, into: id, room, newId: () => deps.clock.newId() });
    await takeOrigin(tx, id);
    const documents = await documentsOfBase(tx, id);
    await refreshJobs(
      deps,
      tx,
      documents.map((document) => document.jobId),
    );
  });
