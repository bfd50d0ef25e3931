import type {
  getDocument,
  listDocuments,
  reindexDocument,
  removeDocument,
  resolveSources,
} from '../../../shared/contracts/knowledge.ts';
import { documentAccepted } from '../../../shared/contracts/knowledge.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { startRemoval } from '../start-removal.ts';
import * as store from '../store/documents.ts';
import { insertJob, replaceItems } from '../store/jobs.ts';
import { viewDocument } from '../view.ts';

const previewCharsMax = 2_000;

/** Newest first; a domain sees only its own. */
export const handleListDocuments =
  ({ database }: Deps): Handler<typeof listDocuments> =>
  async ({ domain_id, limit, cursor }) => {
    const page = await database.run((client) => store.listDocuments(client, { domainId: domain_id, limit, cursor }));
    return { documents: page.rows.map(viewDocument), total: page.total, next_cursor: page.next_cursor };
  };

/** One document with the start of what the bot reads; throws `document_unknown`, also for another domain's. */
export const handleGetDocument =
  ({ database }: Deps): Handler<typeof getDocument> =>
  async ({ domain_id, document_id }) =>
    database.run(async (client) => {
      const document = await knownDocument(client, domain_id, document_id);
      const text = await store.readText(client, document.id);
      return { document: viewDocument(document), preview: text.slice(0, previewCharsMax).toWellFormed() };
    });

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

/** Puts the stored text into the cloud again, as a further version: the cloud never refreshes an uploaded file. */
export const handleReindexDocument =
  (deps: Deps): Handler<typeof reindexDocument> =>
  async ({ domain_id, document_id }) => {
    const jobId = deps.clock.newId();
    await deps.messaging.transaction(async (tx) => {
      const present = await knownDocument(tx, domain_id, document_id);
      // Locks the name: of two at once the second one finds the first one's version on its way.
      const newest = await store.findLiveByName(tx, domain_id, present.name);
      if (present.state === 'removing' || (newest !== null && newest.id !== present.id)) {
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
      await store.insertDocument(tx, { ...document, text: await store.readText(tx, document_id) });
      await replaceItems(tx, jobId, [{ name: present.name, state: 'accepted', documentId: document.id }]);
      await deps.messaging.emit(tx, documentAccepted, {
        domainId: domain_id,
        data: { document_id: document.id, job_id: jobId, name: present.name },
      });
    });
    deps.wakeBases();
    return { job_id: jobId };
  };

const copyOf = (document: store.Document) => ({
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

/** Names that are not this domain's documents are left out. */
export const handleResolveSources =
  ({ database }: Deps): Handler<typeof resolveSources> =>
  async ({ domain_id, stored_names }) => {
    const documents = await database.run((client) => store.findByStoredNames(client, domain_id, stored_names));
    return {
      sources: documents.map((document) => ({
        stored_name: document.storedName,
        document_id: document.id,
        name: document.name,
        type: document.type,
        source_url: document.sourceUrl,
      })),
    };
  };

const knownDocument = async (client: Transaction, domainId: string, id: string): Promise<store.Document> => {
  const document = await store.findDocument(client, domainId, id);
  if (document === null) throw new Failure('document_unknown');
  return document;
};
