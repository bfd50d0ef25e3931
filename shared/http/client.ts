import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { z } from 'zod';
import { Failure } from '../errors/failure.ts';
import { systemClock, type Clock } from '../runtime/clock.ts';
import { startCallSpan, type CallSpan } from './call-span.ts';
import type { Http, HttpOptions, HttpRequest, HttpResponse, HttpStream, StreamRequest } from './contract.ts';
import { startDeadline } from './deadline.ts';
import { collect, openExchange, type Agents, type Exchange } from './exchange.ts';
import { readJson } from './json.ts';
import { failureOfStatus, neverSent } from './status.ts';
import { liveChunks } from './live-chunks.ts';

/**
 * A client for one upstream: bounded in time, bytes and sockets, never follows a redirect and never retries. Retrying
 * belongs to who knows whether the call may be repeated. Failures carry our words only; what came back is in `cause`.
 */
export const createHttp = (options: HttpOptions): Http => {
  const socketsMax = options.socketsMax ?? 16;
  // As many are kept as may be used: a socket that is closed between two calls costs a handshake, and a minute ends it anyway.
  const agentOptions = { keepAlive: true, maxSockets: socketsMax, maxFreeSockets: socketsMax, timeout: 60_000 };
  const agents = { http: new HttpAgent(agentOptions), https: new HttpsAgent(agentOptions) };
  const client: Client = { ...defaults, ...options, agents, clock: options.clock ?? systemClock };
  const send = sendWith(client);
  return {
    send,
    sendJson: sendJsonWith(client, send),
    openStream: openStreamWith(client),
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
};

const defaults = { connectMs: 3_000, responseMs: 15_000, timeoutMs: 15_000, responseBytesMax: 5_000_000 };
const idleMsDefault = 10_000;
const refusalBytesMax = 65_536;

interface Client extends HttpOptions {
  readonly connectMs: number;
  readonly responseMs: number;
  readonly timeoutMs: number;
  readonly responseBytesMax: number;
  readonly agents: Agents;
  readonly clock: Pick<Clock, 'now'>;
}

const sendWith =
  (client: Client) =>
  async (request: HttpRequest): Promise<HttpResponse> => {
    const span = startCallSpan(systemOf(client), request.method ?? 'GET', request.url);
    const deadline = startDeadline(request.timeoutMs ?? client.timeoutMs, request.signal);
    try {
      const exchange = await open(client, request, { span, signal: deadline.signal });
      span.answered(exchange.status);
      client.onAnswer?.(exchange);
      const body = await collect(exchange.chunks(request.responseBytesMax ?? client.responseBytesMax));
      return { status: exchange.status, headers: exchange.headers, body };
    } catch (thrown) {
      span.failed(thrown);
      throw unavailable(client, deadline.signal.aborted ? deadline.signal.reason : thrown);
    } finally {
      deadline.clear();
      span.end();
    }
  };

const sendJsonWith =
  (client: Client, send: Http['send']) =>
  async <Schema extends z.ZodType>(request: HttpRequest, schema: Schema): Promise<z.output<Schema>> => {
    const response = await send({ ...request, headers: { accept: 'application/json', ...request.headers } });
    if (!isSuccess(response.status)) throw refusal(client, request, response);
    try {
      return readJson(response, schema);
    } catch (thrown) {
      throw unavailable(client, thrown);
    }
  };

const openStreamWith =
  (client: Client) =>
  async (request: StreamRequest): Promise<HttpStream> => {
    const span = startCallSpan(systemOf(client), request.method ?? 'GET', request.url);
    const deadline = startDeadline(request.responseMs ?? client.responseMs, request.signal);
    try {
      // A compressed stream would be held back until the upstream's block is full.
      const plain = { ...request, headers: { 'accept-encoding': 'identity', ...request.headers } };
      const exchange = await open(client, plain, { span, signal: deadline.signal });
      span.answered(exchange.status);
      const { status, headers } = exchange;
      if (!isSuccess(status)) {
        throw refusal(client, request, { status, headers, body: await collect(exchange.chunks(refusalBytesMax)) });
      }
      const chunks = liveChunks(exchange, {
        idleMs: request.idleMs ?? idleMsDefault,
        bytesMax: request.responseBytesMax ?? client.responseBytesMax,
        signal: request.signal,
        span,
        toFailure: (thrown) => unavailable(client, thrown),
      });
      return { status, headers, ...chunks };
    } catch (thrown) {
      span.failed(thrown);
      span.end();
      throw unavailable(client, deadline.signal.aborted ? deadline.signal.reason : thrown);
    } finally {
      deadline.clear();
    }
  };

const open = (
  client: Client,
  request: HttpRequest,
  call: { readonly span: CallSpan; readonly signal: AbortSignal },
): Promise<Exchange> =>
  openExchange({
    method: request.method ?? 'GET',
    url: request.url,
    headers: {
      ...(client.userAgent === undefined ? {} : { 'user-agent': client.userAgent }),
      ...(request.json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(client.propagateTrace === true ? call.span.headers : {}),
      ...request.headers,
    },
    body: request.json === undefined ? request.body : JSON.stringify(request.json),
    connectMs: request.connectMs ?? client.connectMs,
    responseMs: request.responseMs ?? client.responseMs,
    agents: client.agents,
    signal: call.signal,
  });

const refusal = (client: Client, request: StreamRequest, response: HttpResponse): Failure =>
  failureOfStatus(
    {
      status: response.status,
      headers: response.headers,
      words: client.keepsRefusalWords === true ? new TextDecoder().decode(response.body) : '',
    },
    { ...client, codeByStatus: request.codeByStatus ?? client.codeByStatus },
    client.clock.now(),
  );

// got's errors hold the whole request, credentials included: only name and message may reach the log.
const unavailable = (client: Client, thrown: unknown): Failure =>
  thrown instanceof Failure ? thrown : new Failure(client.unavailableCode, { cause: causeOf(thrown) });

const causeOf = (thrown: unknown): Error => {
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  const cause = new Error(`${thrown.name}: ${thrown.message}`);
  return 'code' in thrown && unconnected.has(thrown.code) ? neverSent(cause) : cause;
};

// What only a connection that was never made ends with.
const unconnected: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** `cloud` of `cloud_unavailable`: few names, whatever hosts are called. */
const systemOf = ({ unavailableCode }: Client): string => unavailableCode.replace(/_unavailable$/, '');

const isSuccess = (status: number): boolean => status >= 200 && status < 300;
