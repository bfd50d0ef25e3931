import { connect } from 'node:net';
import type { TestGateway } from './start.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: ReplyBody;
}

/** What a test looks at in an answer; which of it is there depends on the route. */
export interface ReplyBody {
  readonly code: string;
  readonly detail: string;
  readonly message: string;
  readonly status: unknown;
  readonly success: boolean;
  readonly errors: readonly { readonly path: string }[];
  readonly user_id: string;
  readonly memori: string;
  readonly services: Readonly<Record<string, string>>;
  readonly memori_connected: boolean;
  readonly ready: boolean;
  readonly openapi: string;
  readonly deployment_state: string;
  readonly existing_domain: string;
  readonly pages_indexed: number;
  readonly supported_types: readonly string[];
  readonly descriptions: Readonly<Record<string, string>>;
}

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON when it is an object. */
  readonly body?: unknown;
}

/** One request; an object as body goes as JSON. */
export const send = async (
  { url }: TestGateway,
  path: string,
  { method, headers, body }: Sent = {},
): Promise<Reply> => {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array || body instanceof FormData;
  const response = await fetch(url + path, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
    redirect: 'manual',
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: JSON.parse(isJson ? text : '{}') as ReplyBody,
  };
};

/** Bytes as they are, for what no HTTP client would send. Resolves with all that came back when the server closes. */
export const sendRaw = ({ port }: TestGateway, bytes: string | Uint8Array): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
  });

export interface SseEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: EventBody;
}

export interface EventBody {
  readonly code: string;
  readonly domain_id: string;
  readonly phase: string;
  readonly done: number;
  readonly data: { readonly agent_uuid: string };
}

/** The events of a stream's text; comments and `retry` are left out. */
export const eventsIn = (text: string): SseEvent[] =>
  text
    .split('\n\n')
    .map(
      (block) => new Map(block.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)])),
    )
    .filter((fields) => fields.has('data'))
    .map((fields) => ({
      id: fields.get('id'),
      event: fields.get('event'),
      data: JSON.parse(fields.get('data') ?? '') as EventBody,
    }));
