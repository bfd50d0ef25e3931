/** What the outside is told for a code: HTTP status, a title for people, and whether trying again can help. */
interface CodeEntry {
  readonly status: number;
  readonly title: string;
  readonly retryable: boolean;
}

const refusal = (status: number, title: string): CodeEntry => ({ status, title, retryable: false });
const passing = (status: number, title: string): CodeEntry => ({ status, title, retryable: true });

/**
 * The closed table of failure codes. A code is stable for ever: clients compare it.
 * Whether a failure is retryable is decided here, where it is named, and nowhere else.
 */
export const codes = {
  // The caller's request
  invalid_request: refusal(400, 'The request is not valid'),
  invalid_json: refusal(400, 'The body is not valid JSON'),
  invalid_domain_name: refusal(400, 'Not a host name'),
  domain_id_missing: refusal(400, 'The X-Domain-ID header is missing'),
  credential_missing: refusal(401, 'A credential is missing'),
  credential_invalid: refusal(401, 'The credential is not valid'),
  domain_unknown: refusal(401, 'The domain is not registered'),
  origin_mismatch: refusal(403, 'The origin does not belong to this domain'),
  forbidden: refusal(403, 'This credential does not open that'),
  route_unknown: refusal(404, 'There is nothing at this address'),
  not_found: refusal(404, 'Not found'),
  session_unknown: refusal(404, 'The session does not exist'),
  document_unknown: refusal(404, 'The document does not exist'),
  source_unknown: refusal(404, 'The source does not exist'),
  job_unknown: refusal(404, 'The job does not exist'),
  snapshot_unknown: refusal(404, 'The snapshot does not exist'),
  method_not_allowed: refusal(405, 'This address does not take that method'),
  request_timeout: passing(408, 'The request took too long to arrive'),
  domain_taken: refusal(409, 'The domain is already registered'),
  conflict: refusal(409, 'The request conflicts with the present state'),
  snapshot_taken: refusal(409, 'A snapshot of this name is there'),
  snapshot_empty: refusal(409, 'There is nothing to take a snapshot of'),
  snapshots_full: refusal(409, 'As many snapshots as may be are there'),
  job_ended: refusal(409, 'The job has ended already'),
  turn_in_progress: passing(409, 'An answer is still being written in this session'),
  body_too_large: refusal(413, 'The body is over its limit'),
  unsupported_media_type: refusal(415, 'The content type is not supported here'),
  headers_too_large: refusal(431, 'The headers are over their limit'),
  idempotency_key_reused: refusal(422, 'The idempotency key was used with another body'),
  rate_limited: passing(429, 'Too many requests'),
  quota_exceeded: passing(429, 'A quota is used up'),

  // Documents and crawls
  unsupported_file_type: refusal(400, 'This file type is not supported'),
  document_empty: refusal(400, 'The document holds no text'),
  document_encrypted: refusal(400, 'The document is protected by a password'),
  document_broken: refusal(400, 'The document cannot be read'),
  document_needs_ocr: refusal(400, 'The document holds pictures of text, not text'),
  document_too_complex: refusal(400, 'The document takes too long or too much memory to read'),
  url_refused: refusal(400, 'This address may not be fetched'),
  page_unavailable: refusal(400, 'The page could not be fetched'),
  memori_key_invalid: refusal(400, 'Memori refused the API key'),

  // Ours and our suppliers'
  agent_deploying: passing(503, 'The agent is being deployed'),
  agent_failed: refusal(503, 'The agent could not be deployed'),
  agent_unavailable: passing(503, 'The agent did not answer'),
  knowledge_full: refusal(503, 'The cloud takes no further knowledge base'),
  cloud_refused: refusal(502, 'The cloud refused the request'),
  cloud_unavailable: passing(503, 'The cloud did not answer'),
  cloud_credential_invalid: refusal(502, 'The cloud refused our credential'),
  memory_unavailable: passing(503, 'The memory did not answer'),
  service_unavailable: passing(503, 'A part of the system is not available'),
  overloaded: passing(503, 'The system is at its limit'),
  deadline_exceeded: passing(504, 'The time for this request ran out'),
  internal: refusal(500, 'Something went wrong on our side'),
} as const satisfies Record<string, CodeEntry>;

/** A stable machine word for one kind of failure. */
export type Code = keyof typeof codes;

/** True when `word` is one of our codes; for words that arrive from outside a process. */
export const isCode = (word: string): word is Code => Object.hasOwn(codes, word);
