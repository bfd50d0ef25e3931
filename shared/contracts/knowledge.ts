import { z } from 'zod';
import { domainRef, idempotency, moment, nothing, pageInput, pageOutput, sha256Hex, text } from './common.ts';
import { event, operationalQuery, query } from './message.ts';
import { orphanList, orphanRef } from './orphans.ts';

export const documentTypes = ['pdf', 'txt', 'md', 'json', 'csv', 'text', 'html', 'docx', 'xlsx'] as const;
export const documentType = z.enum(documentTypes);
export type DocumentType = z.infer<typeof documentType>;

export const documentStates = [
  'accepted',
  'extracting',
  'uploading',
  'indexing',
  'indexed',
  'failed',
  'removing',
] as const;
export const documentState = z.enum(documentStates);
export type DocumentState = z.infer<typeof documentState>;

export const failureView = z.object({ code: z.string(), message: z.string() });

/**
 * A document under one `id` over all its versions, as its newest one stands. While that one is on its way in, or failed,
 * answers rest on `live_version`; null while they rest on none.
 */
export const documentView = z.object({
  id: z.uuid(),
  name: z.string(),
  type: documentType,
  state: documentState,
  version: z.number().int(),
  live_version: z.number().int().nullable().default(null),
  hash: sha256Hex,
  bytes: z.number().int(),
  pages: z.number().int().nullable(),
  chunks: z.number().int().nullable(),
  language: z.string().nullable().default(null),
  source_url: z.string().nullable(),
  error: failureView.nullable(),
  created_at: moment,
  indexed_at: moment.nullable(),
});
export type DocumentView = z.infer<typeof documentView>;

export const jobPhases = [
  'accepted',
  'crawling',
  'extracting',
  'uploading',
  'indexing',
  'attaching',
  'removing',
  'done',
  'failed',
  'cancelled',
] as const;
export const jobPhase = z.enum(jobPhases);
export type JobPhase = z.infer<typeof jobPhase>;

/** A page or document of a job; `document_id` as soon as it is one, `code` and `reason` of a failure. */
export const jobItem = z.object({
  name: z.string(),
  state: z.string(),
  reason: z.string().optional(),
  code: z.string().optional(),
  document_id: z.string().optional(),
});

/**
 * Progress of one piece of work: `done` of `total` items, `bytes` read so far, `eta_s` seconds when it can be told. `items` are
 * at most 200, of more the failed and the open ones first; `counts` says how many there are in each state.
 */
export const jobView = z.object({
  id: z.uuid(),
  domain_id: z.uuid(),
  kind: z.enum(['upload', 'crawl', 'reindex', 'remove', 'rollback']),
  phase: jobPhase,
  done: z.number().int(),
  total: z.number().int(),
  bytes: z.number().int(),
  eta_s: z.number().nullable(),
  items: z.array(jobItem),
  counts: z.record(z.string(), z.number().int()).default({}),
  error: failureView.nullable(),
  created_at: moment,
  updated_at: moment,
});
export type JobView = z.infer<typeof jobView>;

export const chunking = {
  chunk_size: z.number().int().min(100).max(4000).default(1000),
  use_semantic: z.boolean().default(false),
};

/** What the inherited upload answers tell in `details`. */
export const ingestOutput = z.object({
  document_id: z.uuid(),
  job_id: z.uuid(),
  version: z.number().int().default(1),
  /** The same bytes were there already: nothing is done, and the job is the one that they came with. */
  unchanged: z.boolean().default(false),
  file_type: documentType,
  file_size: z.number().int(),
  chunking_strategy: z.string(),
  knowledge_base_uuid: z.string().nullable(),
  data_source_uuid: z.string().nullable(),
  indexing_job_uuid: z.string().nullable(),
  state: documentState,
});

/**
 * Takes a body that already lies in the blob store. It is read before the answer, so a document that cannot be read is
 * refused with its own code (`document_encrypted`, `document_broken`, `document_empty`, `document_needs_ocr`,
 * `unsupported_file_type`) and nothing is stored. A document of the same name, or the one that `document_id` names, gets a
 * further version; with the same bytes and settings it is answered as it is.
 */
export const ingestDocument = query(
  'knowledge',
  'ingest-document',
  domainRef.extend({
    blob: z.string().max(200),
    filename: text(300),
    name: text(300).optional(),
    kind: z.enum(['file', 'text']),
    website_url: text(2000).optional(),
    document_id: z.uuid().optional(),
    idempotency: idempotency.optional(),
    ...chunking,
  }),
  ingestOutput,
);

/**
 * Which addresses of a site: `*` is any run of characters, all else stands for itself. With a slash at its start it is held
 * against path and query, else against the whole address.
 */
export const pathPattern = text(200).regex(
  /^(?:\/|\*|https?:\/\/)\S*$/,
  'must start with a slash, a star or http(s)://, and hold no space',
);
export const pathPatterns = z.array(pathPattern).max(20).default([]);

/** Accepts a crawl; throws `url_refused` when the address may not be fetched at all. */
export const startCrawl = query(
  'knowledge',
  'start-crawl',
  domainRef.extend({
    url: text(2000),
    depth_max: z.number().int().min(1).max(5),
    links_max: z.number().int().min(1).max(100),
    include: pathPatterns,
    exclude: pathPatterns,
    idempotency: idempotency.optional(),
    ...chunking,
  }),
  z.object({ job_id: z.uuid(), knowledge_base_uuid: z.string().nullable() }),
);

export const listDocuments = query(
  'knowledge',
  'list-documents',
  domainRef.extend(pageInput.shape),
  z.object({ documents: z.array(documentView), ...pageOutput }),
);

const documentRef = domainRef.extend({ document_id: z.uuid() });
/** A version as it stands; `is_live` when answers rest on it. */
export const versionView = documentView
  .pick({ version: true, state: true, hash: true, bytes: true, error: true, created_at: true, indexed_at: true })
  .extend({ is_live: z.boolean() });
/** `preview` is the first 2,000 characters of what the bot reads, `versions` at most the 20 newest of those that are kept. */
export const getDocument = query(
  'knowledge',
  'get-document',
  documentRef,
  z.object({ document: documentView, preview: z.string(), versions: z.array(versionView).default([]) }),
);
/**
 * A part of what the bot reads of a document, of the newest version unless told otherwise. `offset` and `limit` count
 * characters (code points). Throws `document_unknown` also for a version that is not kept.
 */
export const readDocument = query(
  'knowledge',
  'read-document',
  documentRef.extend({
    version: z.number().int().min(1).optional(),
    offset: z.number().int().min(0).max(1_000_000_000).default(0),
    limit: z.number().int().min(1).max(20_000).default(4_000),
  }),
  z.object({
    document_id: z.uuid(),
    version: z.number().int(),
    text: z.string(),
    offset: z.number().int(),
    total: z.number().int(),
    next_offset: z.number().int().nullable(),
  }),
);
/** `snapshots` names those that keep the text, for a rollback, until they are removed themselves. */
export const removeDocument = query(
  'knowledge',
  'remove-document',
  documentRef,
  z.object({ job_id: z.uuid(), snapshots: z.array(z.string()).default([]) }),
);
export const reindexDocument = query('knowledge', 'reindex-document', documentRef, z.object({ job_id: z.uuid() }));

const jobRef = domainRef.extend({ job_id: z.uuid() });
export const getJob = query('knowledge', 'get-job', jobRef, z.object({ job: jobView }));
/**
 * Ends a job: what answers do not rest on yet is dropped. Throws `job_ended` for one that has ended, `conflict` for a removal,
 * which is owed.
 */
export const cancelJob = query('knowledge', 'cancel-job', jobRef, z.object({ job: jobView }));

export const knowledgeBaseView = z.object({
  website_key: z.string(),
  kb_uuid: z.string(),
  website_url: z.string(),
  kb_name: z.string(),
});
/** Without `domain_id`: those of all domains. */
export const listKnowledgeBases = operationalQuery(
  'knowledge',
  'list-knowledge-bases',
  pageInput.extend({ domain_id: z.uuid().optional() }),
  z.object({ knowledge_bases: z.array(knowledgeBaseView), ...pageOutput }),
);

/** Bases of ours in the cloud that belong to nobody here, an hour old at least. */
export const listOrphans = operationalQuery('knowledge', 'list-orphans', nothing, orphanList);
/** After another look. Throws `not_found` for what is no orphan, be it that somebody has a claim to it. */
export const deleteOrphan = operationalQuery('knowledge', 'delete-orphan', orphanRef, nothing);

/** Maps what the cloud calls a passage's file back to our documents, for citations. */
export const resolveSources = query(
  'knowledge',
  'resolve-sources',
  domainRef.extend({ stored_names: z.array(z.string().max(300)).max(50) }),
  z.object({
    sources: z.array(
      z.object({
        stored_name: z.string(),
        document_id: z.uuid(),
        name: z.string(),
        type: documentType,
        source_url: z.string().nullable(),
      }),
    ),
  }),
);

/**
 * What the domain's indexed documents say about a question, for when its agent cannot be asked: best first, nothing when
 * they do not speak of it. `answer` is the part of `text` that answers. A domain's first search makes its index, which may
 * take longer than the asker waits: `deadline_exceeded` then, and the index is there a little later. Throws `overloaded`.
 */
export const searchPassages = query(
  'knowledge',
  'search-passages',
  domainRef.extend({ question: text(4000).min(1) }),
  z.object({
    passages: z.array(
      z.object({
        document_id: z.uuid(),
        document: z.string(),
        url: z.string().nullable(),
        heading: z.string().nullable(),
        page: z.number().int().nullable(),
        text: z.string(),
        answer: z.string(),
      }),
    ),
  }),
);

export const kbCreated = event('knowledge', 'KbCreated', z.object({ kb_uuid: z.string(), kb_name: z.string() }));
/** The base holds indexed content: it can be attached. */
export const kbIndexed = event('knowledge', 'KbIndexed', z.object({ kb_uuid: z.string() }));
/** The base is to go: whoever attached it detaches it and tells so with `KbDetached`. */
export const kbRetired = event('knowledge', 'KbRetired', z.object({ kb_uuid: z.string() }));
const documentFact = z.object({ document_id: z.uuid(), job_id: z.uuid(), name: z.string() });
export const documentAccepted = event('knowledge', 'DocumentAccepted', documentFact);
export const documentIndexed = event('knowledge', 'DocumentIndexed', documentFact);
export const documentFailed = event('knowledge', 'DocumentFailed', documentFact.extend({ error: failureView }));
export const documentRemoved = event('knowledge', 'DocumentRemoved', documentFact);
/** A step of a job; live views read it, so it carries the counts. */
export const jobProgressed = event(
  'knowledge',
  'JobProgressed',
  z.object({ job_id: z.uuid(), phase: jobPhase, done: z.number().int(), total: z.number().int() }),
);
export const crawlProgressed = event(
  'knowledge',
  'CrawlProgressed',
  z.object({ job_id: z.uuid(), pages_done: z.number().int(), pages_found: z.number().int(), url: z.string() }),
);
