import { documentAccepted, type reindexDocument } from '../../../shared/contracts/knowledge.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { findLiveByName, insertDocument, readText, type Document } from '../store/documents.ts';
import { insertJob, replaceItems } from '../store/jobs.ts';
import { holdDomain } from '../store/removals.ts';
import { knownDocument } from './known-document.ts';

/**
 * Puts the stored text into the cloud again, as a further version: the cloud never refreshes an uploaded file. So a document
 * that failed gets another chance, beside an older version that is still in use.
 */
export const handleReindexDocument =
  (deps: Deps): Handler<typeof reindexDocument> =>
  async ({ domain_id, document_id }) => {
    const jobId = deps.clock.newId();
    await deps.messaging.transaction(async (tx) => {
      await holdDomain(tx, domain_id);
      const present = await knownDocument(tx, domain_id, document_id);
      // The domain is held: of two at once the second one finds the first one's version on its way.
      const newest = await findLiveByName(tx, domain_id, present.name);
      if (present.state === 'removing' || (newest !== null && newest.version > present.version)) {
        throw new Failure('conflict', { detail: 'A newer version of this document is there, or it is being removed' });
      }
      const document = { ...copyOf(present), id: deps.clock.newId(), jobId, version: present.version + 1 };
      await insertJob(tx, {
        id: jobId,
        domainId: domain_id,
        phase: 'extracting',
        request: { kind: 'reindex' },
        total: 1,
        bytes: present.bytes,
      });
      await insertDocument(tx, { ...document, text: await readText(tx, document_id) });
      await replaceItems(tx, jobId, [{ name: present.name, state: 'accepted', documentId: document.id }]);
      await deps.messaging.emit(tx, documentAccepted, {
        domainId: domain_id,
        data: { document_id: document.id, job_id: jobId, name: present.name },
      });
    });
    deps.wakeBases();
    return { job_id: jobId };
  };

const copyOf = (document: Document) => ({
  domainId: document.domainId,
  name: document.name,
  filename: document.filename,
  type: document.type,
  hash: document.hash,
  bytes: document.bytes,
  pages: document.pages,
  chunks: document.chunks,
  chunkSize: document.chunkSize,
  useSemantic: document.useSemantic,
  sourceUrl: document.sourceUrl,
  websiteUrl: document.websiteUrl,
});
