import type { z } from 'zod';
import type { ingestDocument } from '../../../shared/contracts/knowledge.ts';
import { ingestOutput } from '../../../shared/contracts/knowledge.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import { sha256Hex } from '../../../shared/crypto/hash.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { chunkingStrategyOf } from '../domain.ts';
import { keyOf, putVersion, unchangedAmong, type PutVersion, type ReadDocument } from '../put-version.ts';
import { versionsOf, type Document, type DocumentKey } from '../store/documents.ts';
import { insertJob, replaceItems } from '../store/jobs.ts';
import { holdDomain } from '../store/removals.ts';

type Input = z.output<(typeof ingestDocument)['input']>;
type Output = z.output<typeof ingestOutput>;
type Once = Parameters<Deps['messaging']['once']>[0];

/**
 * Reads the document before answering, so that one which cannot be read is refused and leaves nothing behind. What is
 * accepted is a row with its text; the way into the cloud is the work of the base it joins. The same bytes again are not
 * even read. Throws `document_unknown` and `conflict` for a document that is to be replaced and is not there to be.
 */
export const handleIngestDocument =
  (deps: Deps): Handler<typeof ingestDocument> =>
  async (input) => {
    const once = { scope: input.domain_id, idempotency: input.idempotency };
    try {
      const bytes = await deps.blobs.get(input.blob);
      const hash = sha256Hex(bytes);
      const versions = await versionsToReplace(deps, input);
      const same = unchangedAmong(versions, { hash, chunkSize: input.chunk_size, useSemantic: input.use_semantic });
      // One that failed since is looked after by `putVersion`.
      if (same !== undefined && versions[0] === same) return await answerUnchanged(deps, once, same);
      const { text, type, pages, words } = await deps.extractor.extract({
        bytes,
        filename: input.filename,
        kind: input.kind,
      });
      if (words === 0) throw new Failure('document_empty', { detail: 'No text was found in the document.' });
      const read = { ...readOf(deps, input, versions[0]), hash, bytes: bytes.byteLength, text, type, pages };
      return await deps.messaging.once(once, ingestOutput, (tx) => accept(deps, tx, input, read));
    } finally {
      await deps.blobs.delete(input.blob);
      deps.wakeBases();
      deps.wakeJobs();
    }
  };

const versionsToReplace = async ({ database }: Deps, input: Input): Promise<readonly Document[]> => {
  const versions = await database.run((client) => versionsOf(client, input.domain_id, keyOfInput(input)));
  if (input.document_id !== undefined && versions.length === 0) throw new Failure('document_unknown');
  return versions;
};

const keyOfInput = ({ document_id, name, filename }: Input): DocumentKey =>
  document_id === undefined ? keyOf({ name: name ?? filename }) : { originalId: document_id };

const answerUnchanged = ({ messaging }: Deps, once: Once, same: Document): Promise<Output> =>
  messaging.once(once, ingestOutput, async () => answerFor({ outcome: 'unchanged', document: same }, same.id));

/** A document that is replaced keeps its name and its address: they say which one it is. */
const readOf = (deps: Deps, input: Input, replaced: Document | undefined) => ({
  domainId: input.domain_id,
  jobId: deps.clock.newId(),
  name: input.document_id === undefined || replaced === undefined ? (input.name ?? input.filename) : replaced.name,
  filename: input.filename,
  chunkSize: input.chunk_size,
  useSemantic: input.use_semantic,
  sourceUrl: input.document_id === undefined ? null : (replaced?.sourceUrl ?? null),
  websiteUrl: input.website_url ?? null,
});

const accept = async (deps: Deps, tx: Transaction, input: Input, read: ReadDocument): Promise<Output> => {
  await holdDomain(tx, read.domainId);
  const put = await putVersion(deps, tx, keyOfInput(input), read);
  if (put.outcome === 'unchanged') return answerFor(put, read.jobId);
  await insertJob(tx, {
    id: read.jobId,
    domainId: read.domainId,
    phase: 'extracting',
    request: { kind: 'upload' },
    total: 1,
    bytes: read.bytes,
  });
  await replaceItems(tx, read.jobId, [{ name: read.name, state: 'accepted', documentId: put.document.id }]);
  return answerFor(put, read.jobId);
};

const answerFor = ({ outcome, document }: PutVersion, jobId: string): Output => ({
  document_id: document.originalId,
  job_id: document.jobId ?? jobId,
  version: document.version,
  unchanged: outcome === 'unchanged',
  file_type: document.type,
  file_size: document.bytes,
  chunking_strategy: chunkingStrategyOf(document.useSemantic),
  knowledge_base_uuid: null,
  data_source_uuid: document.dataSourceUuid,
  indexing_job_uuid: null,
  state: document.state,
});
