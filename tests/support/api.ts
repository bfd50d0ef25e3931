import type { z } from 'zod';
import { askAnswer } from '../../shared/contracts/http/ask.ts';
import { documentAnswer, documentJobAnswer, listDocumentsAnswer } from '../../shared/contracts/http/documents.ts';
import { domainAnswer } from '../../shared/contracts/http/domains.ts';
import { jobAnswer } from '../../shared/contracts/http/jobs.ts';
import { registerDomainAnswer } from '../../shared/contracts/http/registration.ts';
import { conversationAnswer, openSessionAnswer } from '../../shared/contracts/http/sessions.ts';
import { uploadFileAnswer, uploadTextAnswer } from '../../shared/contracts/http/uploads.ts';
import { eventually } from './eventually.ts';
import { openSse, send, type Reply, type Sent, type SseStream } from './http.ts';

export const adminKey = 'an-admin-key-of-the-flow-tests';

type DomainView = z.output<typeof domainAnswer>;
type DomainState = DomainView['state'];
type Job = z.output<typeof jobAnswer>;

/** The running system as a client sees it. */
export interface Api {
  readonly url: string;
  readonly send: (path: string, sent?: Sent) => Promise<Reply>;
  readonly asAdmin: (path: string, sent?: Sent) => Promise<Reply>;
  readonly register: (name: string, more?: Readonly<Record<string, unknown>>) => Promise<Site>;
  /** A site registered before, after a restart for instance. */
  readonly site: (known: SiteIdentity) => Site;
}

export interface SiteIdentity {
  readonly domainId: string;
  readonly apiKey: string;
  readonly name: string;
}

export interface Upload {
  readonly filename: string;
  readonly content: string | Uint8Array;
  readonly fields?: Readonly<Record<string, string>>;
}

/** One registered website: what its owner, its pages and its visitors do. */
export type Site = ReturnType<typeof createSite>;

export const createApi = (url: string): Api => {
  const at = (path: string, sent?: Sent): Promise<Reply> => send(url + path, sent);
  const asAdmin = (path: string, sent: Sent = {}): Promise<Reply> =>
    at(path, { ...sent, headers: { authorization: `Bearer ${adminKey}`, ...sent.headers } });
  return {
    url,
    send: at,
    asAdmin,
    site: (known) => createSite(url, known),
    register: async (name, more = {}) => {
      const reply = await asAdmin('/register-domain', { body: { domain_name: name, ...more } });
      const { domain_id: domainId, api_key: apiKey } = accepted(registerDomainAnswer, reply);
      return createSite(url, { domainId, apiKey, name });
    },
  };
};

/** The body of an answer that must be 200, read by the contract. */
export const accepted = <S extends z.ZodType>(schema: S, reply: Reply): z.output<S> => {
  if (reply.status !== 200) throw new Error(`${reply.status}: ${reply.text}`);
  return schema.parse(reply.body);
};

const endedPhases = ['done', 'failed', 'cancelled'];

const createSite = (url: string, identity: SiteIdentity) => {
  const { domainId, apiKey, name } = identity;
  const visitor = { 'x-domain-id': domainId, origin: `https://${name}` };
  const owner = { authorization: `Bearer ${apiKey}` };
  const asVisitor = (path: string, sent: Sent = {}): Promise<Reply> =>
    send(url + path, { ...sent, headers: { ...visitor, ...sent.headers } });
  const asOwner = (path: string, sent: Sent = {}): Promise<Reply> =>
    send(url + path, { ...sent, headers: { ...owner, ...sent.headers } });

  const domain = async (): Promise<DomainView> => accepted(domainAnswer, await asOwner(`/domains/${domainId}`));
  const job = async (id: string): Promise<Job> => accepted(jobAnswer, await asOwner(`/knowledge/jobs/${id}`));
  const jobEnd = (id: string, withinMs = 30_000): Promise<Job> =>
    eventually(async () => {
      const seen = await job(id);
      return endedPhases.includes(seen.phase) && seen;
    }, withinMs);
  /** Waits until the job is done; fails with the job's own words when it ends otherwise. */
  const jobDone = async (id: string, withinMs?: number): Promise<Job> => {
    const end = await jobEnd(id, withinMs);
    if (end.phase !== 'done') throw new Error(`job ended as ${JSON.stringify(end)}`);
    return end;
  };

  const sendFile = ({ filename, content, fields = {} }: Upload, headers: Sent['headers'] = {}): Promise<Reply> => {
    const form = new FormData();
    for (const [field, value] of Object.entries(fields)) form.append(field, value);
    form.append('file', new Blob([content]), filename);
    return asOwner('/knowledge/upload/file', { method: 'POST', body: form, headers });
  };
  const upload = async (file: Upload) => accepted(uploadFileAnswer, await sendFile(file)).details;
  /** Uploads and waits until the agent answers from it. */
  const teach = async (filename: string, content: string | Uint8Array) => {
    const details = await upload({ filename, content });
    await jobDone(details.job_id);
    return details;
  };
  const uploadText = async (document_name: string, text_content: string) =>
    accepted(uploadTextAnswer, await asOwner('/knowledge/upload/text', { body: { document_name, text_content } }))
      .details;

  const openSession = async (userId?: string) =>
    accepted(openSessionAnswer, await asVisitor('/session', { body: userId === undefined ? {} : { user_id: userId } }));
  const sendQuestion = (question: string, more: Readonly<Record<string, unknown>>, sent: Sent = {}): Promise<Reply> =>
    asVisitor('/ask', { ...sent, body: { question, ...more } });
  const ask = async (question: string, more: Readonly<Record<string, unknown>> = {}) => {
    const session = 'session_id' in more ? {} : { session_id: (await openSession()).session_id };
    return accepted(askAnswer, await sendQuestion(question, { ...session, ...more }));
  };

  return {
    ...identity,
    asVisitor,
    asOwner,
    domain,
    untilState: (state: DomainState, withinMs = 30_000): Promise<DomainView> =>
      eventually(async () => {
        const seen = await domain();
        return seen.state === state && seen;
      }, withinMs),
    /** The domain's events as they come, from the first on. */
    events: (query = '?from=start'): Promise<SseStream> =>
      openSse(`${url}/domains/${domainId}/events${query}`, { headers: owner }),
    job,
    jobEnd,
    jobDone,
    sendFile,
    upload,
    uploadText,
    teach,
    documents: async () => accepted(listDocumentsAnswer, await asOwner('/knowledge/documents?limit=100')).documents,
    document: async (id: string) => accepted(documentAnswer, await asOwner(`/knowledge/documents/${id}`)),
    removeDocument: async (id: string) =>
      accepted(documentJobAnswer, await asOwner(`/knowledge/documents/${id}`, { method: 'DELETE' })),
    openSession,
    sendQuestion,
    ask,
    streamQuestion: (question: string, more: Readonly<Record<string, unknown>>): Promise<SseStream> =>
      openSse(`${url}/ask`, { headers: visitor, body: { question, ...more } }),
    conversation: async (sessionId: string, query = '') =>
      accepted(conversationAnswer, await asOwner(`/conversations/${sessionId}${query}`)),
  };
};
