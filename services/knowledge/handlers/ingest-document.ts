import type { z } from 'zod';
import type { ingestDocument } from '../../../shared/contracts/knowledge.ts';
import { documentAccepted, ingestOutput } from '../../../shared/contracts/knowledge.ts';
import type { Handler } from '../../../shared/bus/port.ts';
import { sha256Hex } from '../../../shared/crypto/hash.ts';
import type { Transaction } from '../../../shared/db/client.ts';
import { chunkText } from '../../../shared/retrieval/chunk-text.ts';
import type { Deps } from '../deps.ts';
import { chunkingStrategyOf } from '../domain.ts';
import type { ExtractedDocument } from '../extract/extract-document.ts';
import { findLiveByName, insertDocument, type Document, type NewDocument } from '../store/documents.ts';
import { insertJob, replaceItems } from '../store/jobs.ts';
import { holdDomain } from '../store/removals.ts';

type Input = z.output<(typeof ingestDocument)['input']>;
type Output = z.output<typeof ingestOutput>;

/**
 * Reads the document before answering, so that one which cannot be read is refused and leaves nothing behind. What is
 * accepted is a row with its text; the way into the cloud is the work of the base it joins.
 */
export const handleIngestDocument =
  (deps: Deps): Handler<typeof ingestDocument> =>
  async (input) => {
    try {
      const bytes = await deps.blobs.get(input.blob);
      const extracted = await deps.extractor.extract({ bytes, filename: input.filename, kind: input.kind });
      const document = newDocument(deps, input, bytes, extracted);
      const { domain_id: scope, idempotency } = input;
      return await deps.messaging.once({ scope, idempotency }, ingestOutput, (tx) => accept(deps, tx, document));
    } finally {
      await deps.blobs.delete(input.blob);
      deps.wakeBases();
    }
  };

const newDocument = (deps: Deps, input: Input, bytes: Uint8Array, extracted: ExtractedDocument): NewDocument => ({
  id: deps.clock.newId(),
  domainId: input.domain_id,
  jobId: deps.clock.newId(),
  name: input.name ?? input.filename,
  filename: input.filename,
  type: extracted.type,
  version: 1,
  hash: sha256Hex(bytes),
  bytes: bytes.byteLength,
  pages: extracted.pages,
  chunks: chunkText(extracted.text).length,
  chunkSize: input.chunk_size,
  useSemantic: input.use_semantic,
  websiteUrl: input.website_url ?? null,
  text: extracted.text,
});

/** Stores the document with its job; the same bytes under the same name are the document that is there. */
const accept = async (deps: Deps, tx: Transaction, document: NewDocument): Promise<Output> => {
  await holdDomain(tx, document.domainId);
  const present = await findLiveByName(tx, document.domainId, document.name);
  if (present?.hash === document.hash && present.jobId !== null) return answerFor(present, present.jobId);
  const version = (present?.version ?? 0) + 1;
  const jobId = document.jobId ?? document.id;
  await insertDocument(tx, { ...document, version });
  await insertJob(tx, {
    id: jobId,
    domainId: document.domainId,
    phase: 'extracting',
    request: { kind: 'upload' },
    total: 1,
    bytes: document.bytes,
  });
  await replaceItems(tx, jobId, [{ name: document.name, state: 'accepted', documentId: document.id }]);
  await deps.messaging.emit(tx, documentAccepted, {
    domainId: document.domainId,
    data: { document_id: document.id, job_id: jobId, name: document.name },
  });
  return answerFor({ ...document, state: 'accepted', dataSourceUuid: null }, jobId);
};

const answerFor = (
  document: Pick<Document, 'id' | 'type' | 'bytes' | 'useSemantic' | 'state' | 'dataSourceUuid'>,
  jobId: string,
): Output => ({
  document_id: document.id,
  job_id: jobId,
  file_type: document.type,
  file_size: document.bytes,
  chunking_strategy: chunkingStrategyOf(document.useSemantic),
  knowledge_base_uuid: null,
  data_source_uuid: document.dataSourceUuid,
  indexing_job_uuid: null,
  state: document.state,
});
