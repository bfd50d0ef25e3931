import { listOf, numberOf, objectOf, parseJson, textOf, type Json } from '../http/json.ts';

/** Whose knowledge this is about, as the fields of the page say it now. */
export interface Credentials {
  readonly domainId: string;
  readonly apiKey: string;
}

export interface JobItem {
  readonly name: string;
  readonly state: string;
  readonly reason: string;
}

export interface Job {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly etaSeconds: number | undefined;
  readonly items: readonly JobItem[];
  readonly error: string;
}

export interface KnownDocument {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly state: string;
  readonly version: number;
  /** The version that answers rest on; undefined while they rest on none. */
  readonly liveVersion: number | undefined;
  readonly bytes: number;
  readonly pages: number | undefined;
  readonly chunks: number | undefined;
  readonly language: string;
  /** Of a web page. */
  readonly sourceUrl: string;
  readonly error: string;
}

/** A part of what the bot reads. */
export interface TextPart {
  readonly text: string;
  /** Where the next part starts; undefined at the end. */
  readonly nextOffset: number | undefined;
}

/** Either the answer or, in words for people, why there is none. */
export type Reply<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export interface Accepted {
  readonly jobId: string;
}

const uploadMsMax = 120_000;
const readMsMax = 15_000;

/** Sends a form with a file, or fields as JSON. With XMLHttpRequest, because `fetch` cannot tell how much of a body is sent. */
export const upload = (
  path: string,
  body: FormData | Json,
  credentials: Credentials,
  onSent: (share: number) => void,
): Promise<Reply<Accepted>> =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const fail = (reason: string) => (): void => resolve({ ok: false, reason });
    request.open('POST', path);
    request.timeout = uploadMsMax;
    for (const [name, value] of Object.entries(headersFor(credentials))) request.setRequestHeader(name, value);
    if (!(body instanceof FormData)) request.setRequestHeader('Content-Type', 'application/json');
    request.upload.addEventListener('progress', ({ loaded, total }) => onSent(total > 0 ? loaded / total : 0));
    request.addEventListener('error', fail('The server could not be reached.'));
    request.addEventListener('timeout', fail('The server took too long.'));
    request.addEventListener('load', () => {
      const answer = objectOf(parseJson(request.responseText));
      if (request.status >= 400) resolve({ ok: false, reason: reasonIn(answer, request.status) });
      else resolve({ ok: true, value: { jobId: jobIdIn(answer) } });
    });
    request.send(body instanceof FormData ? body : JSON.stringify(body));
  });

export const readJob = async (jobId: string, credentials: Credentials): Promise<Reply<Job>> => {
  const reply = await call('GET', `/knowledge/jobs/${encodeURIComponent(jobId)}`, credentials);
  return reply.ok ? { ok: true, value: jobOf(objectOf(reply.value['job'] ?? reply.value)) } : reply;
};

export const readDocuments = async (credentials: Credentials): Promise<Reply<readonly KnownDocument[]>> => {
  const reply = await call('GET', '/knowledge/documents?limit=100', credentials);
  return reply.ok ? { ok: true, value: listOf(reply.value['documents']).map(objectOf).map(documentOf) } : reply;
};

export const removeDocument = (id: string, credentials: Credentials): Promise<Reply<Json>> =>
  call('DELETE', pathOf(id), credentials);

export const readText = async (id: string, offset: number, credentials: Credentials): Promise<Reply<TextPart>> => {
  const reply = await call('GET', `${pathOf(id)}/text?offset=${offset.toString()}`, credentials);
  if (!reply.ok) return reply;
  return { ok: true, value: { text: textOf(reply.value['text']), nextOffset: numberOf(reply.value['next_offset']) } };
};

export const reindexDocument = async (id: string, credentials: Credentials): Promise<Reply<Accepted>> =>
  acceptedIn(await call('POST', `${pathOf(id)}/reindex`, credentials));

export const cancelJob = (id: string, credentials: Credentials): Promise<Reply<Json>> =>
  call('POST', `/knowledge/jobs/${encodeURIComponent(id)}/cancel`, credentials);

/** Tries everything again that failed in a job, as a job of its own. */
export const retryJob = async (id: string, credentials: Credentials): Promise<Reply<Accepted>> =>
  acceptedIn(await call('POST', `/knowledge/jobs/${encodeURIComponent(id)}/retry`, credentials));

/** Where a file that replaces the document is sent. */
export const replacePath = (id: string): string => `${pathOf(id)}/replace`;

const pathOf = (documentId: string): string => `/knowledge/documents/${encodeURIComponent(documentId)}`;

/** The job that was started. */
export const acceptedIn = (reply: Reply<Json>): Reply<Accepted> =>
  reply.ok ? { ok: true, value: { jobId: jobIdIn(reply.value) } } : reply;

/** One call with an answer in JSON; `body`, when given, is sent as JSON. */
export const call = async (
  method: string,
  path: string,
  credentials: Credentials,
  body?: Json,
): Promise<Reply<Json>> => {
  const headers = { ...headersFor(credentials), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const init = { method, headers, signal: AbortSignal.timeout(readMsMax), ...sent };
  try {
    const response = await fetch(path, init);
    const answer = objectOf(parseJson(await response.text()));
    return response.ok ? { ok: true, value: answer } : { ok: false, reason: reasonIn(answer, response.status) };
  } catch {
    return { ok: false, reason: 'The server could not be reached.' };
  }
};

const headersFor = ({ domainId, apiKey }: Credentials): Record<string, string> => ({
  Accept: 'application/json',
  ...(domainId === '' ? {} : { 'X-Domain-ID': domainId }),
  ...(apiKey === '' ? {} : { Authorization: `Bearer ${apiKey}` }),
});

const reasonIn = (body: Json, status: number): string =>
  textOf(body['detail']) ||
  textOf(body['message']) ||
  textOf(body['title']) ||
  `The server answered ${status.toString()}.`;

const jobIdIn = (body: Json): string => textOf(objectOf(body['details'])['job_id']) || textOf(body['job_id']);

export const jobOf = (fields: Json): Job => ({
  phase: textOf(fields['phase']),
  done: numberOf(fields['done']) ?? 0,
  total: numberOf(fields['total']) ?? 0,
  etaSeconds: numberOf(fields['eta_s']),
  items: listOf(fields['items'])
    .map(objectOf)
    .map((item) => ({ name: textOf(item['name']), state: textOf(item['state']), reason: textOf(item['reason']) })),
  error: textOf(objectOf(fields['error'])['message']),
});

export const documentOf = (fields: Json): KnownDocument => ({
  id: textOf(fields['id']),
  name: textOf(fields['name']),
  type: textOf(fields['type']),
  state: textOf(fields['state']),
  bytes: numberOf(fields['bytes']) ?? 0,
  pages: numberOf(fields['pages']),
  chunks: numberOf(fields['chunks']),
  version: numberOf(fields['version']) ?? 1,
  liveVersion: numberOf(fields['live_version']),
  language: textOf(fields['language']),
  sourceUrl: textOf(fields['source_url']),
  error: textOf(objectOf(fields['error'])['message']),
});
