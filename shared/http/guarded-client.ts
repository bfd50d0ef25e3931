import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Failure } from '../errors/failure.ts';
import { startCallSpan } from './call-span.ts';
import { startDeadline } from './deadline.ts';
import { collect, openExchange, type Agents, type Exchange, type HttpHeaders } from './exchange.ts';
import { classifyUrl, type GuardOptions, type Verdict } from './guard.ts';
import { guardedLookup, refusedAddressCode, type ResolveAll } from './guarded-lookup.ts';

export interface GuardedHttpOptions extends GuardOptions {
  readonly userAgent: string;
  /** After decompression. Default 5 MB. */
  readonly responseBytesMax?: number;
  /** All hops together. Default 15 s. */
  readonly timeoutMs?: number;
  /** Default 5. */
  readonly redirectsMax?: number;
  readonly resolveAll?: ResolveAll;
}

export interface GuardedRequest {
  readonly url: string;
  /** Types whose body is wanted, such as `text/html`; others throw `unsupported_media_type` before the body is read. */
  readonly mimeTypes: readonly string[];
  /** Sent to every hop: never a credential. */
  readonly headers?: HttpHeaders;
  /** After decompression; that of the client without. */
  readonly bytesMax?: number;
  readonly signal?: AbortSignal;
}

export interface GuardedResponse {
  /** Where the last redirect led. */
  readonly url: string;
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Lower case, without parameters; empty when the answer has none. */
  readonly mimeType: string;
  /** The `charset` parameter, when there is one. */
  readonly charset: string | undefined;
  /** Empty unless the status is 2xx. */
  readonly body: Uint8Array;
}

export interface GuardedHttp {
  /**
   * Fetches what a stranger named. Throws `url_refused` when the address, or one it redirects to, may not be fetched,
   * `page_unavailable` on network error, timeout, over-size or too many redirects, `unsupported_media_type` as said.
   */
  readonly get: (request: GuardedRequest) => Promise<GuardedResponse>;
  readonly close: () => void;
}

/**
 * The only way to fetch an address that came from outside. Every hop is judged twice: as text, and by the addresses its
 * name has when the socket opens. No cookies, no proxy from the environment, nothing retried.
 */
export const createGuardedHttp = (options: GuardedHttpOptions): GuardedHttp => {
  const agentOptions = { keepAlive: true, maxSockets: 4, maxTotalSockets: 32, timeout: 10_000 };
  const agents = { http: new HttpAgent(agentOptions), https: new HttpsAgent(agentOptions) };
  const fetchGuarded = followWith({ ...defaults, ...options, agents });
  return {
    get: async (request) => {
      const deadline = startDeadline(options.timeoutMs ?? defaults.timeoutMs, request.signal);
      try {
        return await fetchGuarded(request, deadline.signal);
      } catch (thrown) {
        throw failureOf(deadline.signal.aborted ? deadline.signal.reason : thrown);
      } finally {
        deadline.clear();
      }
    },
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
};

const defaults = { responseBytesMax: 5_000_000, timeoutMs: 15_000, redirectsMax: 5 };
const connectMs = 3_000;

interface Client extends GuardedHttpOptions {
  readonly responseBytesMax: number;
  readonly timeoutMs: number;
  readonly redirectsMax: number;
  readonly agents: Agents;
}

const followWith =
  (client: Client) =>
  async (request: GuardedRequest, signal: AbortSignal): Promise<GuardedResponse> => {
    let hop = judge(request.url, client);
    for (let redirects = 0; ; redirects += 1) {
      const exchange = await openHop(client, request, { hop, signal });
      const next = redirectOf(exchange, hop.url);
      if (next === undefined) return readResponse(exchange, request, { url: hop.url, client });
      exchange.discard();
      if (redirects === client.redirectsMax) throw unavailable(`It redirects more than ${client.redirectsMax} times.`);
      if (hop.url.protocol === 'https:' && next.startsWith('http:')) throw refusal('it redirects from https to http');
      hop = judge(next, client);
    }
  };

type Hop = Extract<Verdict, { allowed: true }>;

const judge = (url: string, client: Client): Hop => {
  const verdict = classifyUrl(url, client);
  if (!verdict.allowed) throw refusal(verdict.reason);
  return verdict;
};

const openHop = async (
  client: Client,
  request: GuardedRequest,
  { hop, signal }: { readonly hop: Hop; readonly signal: AbortSignal },
): Promise<Exchange> => {
  const span = startCallSpan('web', 'GET', hop.url.href);
  try {
    const exchange = await openExchange({
      method: 'GET',
      url: hop.url.href,
      headers: { 'user-agent': client.userAgent, accept: request.mimeTypes.join(', '), ...request.headers },
      body: undefined,
      connectMs,
      responseMs: client.timeoutMs,
      agents: client.agents,
      lookup: hop.listed ? undefined : guardedLookup(client.resolveAll),
      signal,
    });
    span.answered(exchange.status);
    return exchange;
  } catch (thrown) {
    span.failed(thrown);
    throw thrown;
  } finally {
    span.end();
  }
};

const redirectStatuses = new Set([301, 302, 303, 307, 308]);

const redirectOf = (exchange: Exchange, from: URL): string | undefined => {
  const location = exchange.headers['location'];
  if (!redirectStatuses.has(exchange.status) || location === undefined) return undefined;
  if (!URL.canParse(location, from.href)) throw unavailable('It redirects to something that is not an address.');
  return new URL(location, from).href;
};

const readResponse = async (
  exchange: Exchange,
  request: GuardedRequest,
  { url, client }: { readonly url: URL; readonly client: Client },
): Promise<GuardedResponse> => {
  const { status, headers } = exchange;
  const contentType = headers['content-type'] ?? '';
  const mimeType = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  const head = { url: url.href, status, headers, mimeType, charset: charsetOf(contentType) };
  if (status < 200 || status >= 300) {
    exchange.discard();
    return { ...head, body: new Uint8Array() };
  }
  if (!request.mimeTypes.includes(mimeType)) {
    exchange.discard();
    const found = mimeType === '' ? 'content of no named type' : mimeType.slice(0, 60);
    throw new Failure('unsupported_media_type', { detail: `The address holds ${found}, not a page.` });
  }
  return { ...head, body: await collect(exchange.chunks(request.bytesMax ?? client.responseBytesMax)) };
};

const charsetOf = (contentType: string): string | undefined =>
  /;\s*charset\s*=\s*"?([\w.:-]{1,40})/i.exec(contentType.slice(0, 500))?.[1]?.toLowerCase();

const refusal = (reason: string): Failure =>
  new Failure('url_refused', { detail: `This address may not be fetched: ${reason}.` });

const unavailable = (detail: string, cause?: unknown): Failure => new Failure('page_unavailable', { detail, cause });

const failureOf = (thrown: unknown): Failure => {
  if (thrown instanceof Failure) return thrown;
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code === refusedAddressCode) return refusal('it leads to an address that is not public');
  const words = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return unavailable('The page could not be fetched.', new Error(words));
};
