import type { Request, Response } from 'express';
import type { OpenStreams, StreamKind } from './open-streams.ts';
import { createPacedWriter } from './paced-writer.ts';

export interface StreamedEvent {
  readonly event: string;
  readonly id?: string;
  readonly data: unknown;
}

/** Server-Sent Events to one client. */
export interface EventStream {
  /** Aborts when the client left, was cut for not reading, or was told to come back elsewhere. */
  readonly signal: AbortSignal;
  /** Sends the headers; `send` does it too. Until then an ordinary answer is still possible. */
  begin(): void;
  send(event: StreamedEvent): void;
  /** Resolves when the client has read enough to take more, at once mostly, or when it is gone. */
  readyForMore(): Promise<void>;
  end(): void;
}

const retryMs = 2_000;
const keepAliveMs = 15_000;
// An answer is read as it is written; whoever looks at a list of events sees no difference.
const collectMs: Record<StreamKind, number> = { answer: 0, live: 50 };

/** Whether the client asked for events rather than one JSON answer. */
export const wantsEvents = (request: Request): boolean =>
  request.method !== 'HEAD' && (request.headers.accept ?? '').includes('text/event-stream');

/**
 * Opens a stream of events on a response. A client that does not read is cut: what Node would queue for it has no bound of
 * its own. Throws `overloaded` and `rate_limited`.
 */
export const openEventStream = (response: Response, streams: OpenStreams, kind: StreamKind): EventStream => {
  const gone = new AbortController();
  const writer = createPacedWriter(response, collectMs[kind]);
  let keepAlive: NodeJS.Timeout | undefined;
  const forget = streams.add(kind, response.req.ip ?? '', () => {
    if (response.headersSent) {
      writer.write('event: reconnect\ndata: {}\n\n');
      end();
    }
    leave();
  });
  const leave = (): void => {
    writer.close();
    gone.abort('the stream is closed');
  };
  const begin = (): void => {
    if (response.headersSent || response.destroyed) return;
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
    });
    writer.write(`retry: ${retryMs}\n\n`);
    writer.flush();
    keepAlive = setInterval(() => writer.write(': keep-alive\n\n'), keepAliveMs);
  };
  const end = (): void => {
    writer.flush();
    if (!response.writableEnded && !response.destroyed) response.end();
  };
  const onClose = (): void => {
    clearInterval(keepAlive);
    forget();
    leave();
  };
  // Credentials and body took their time: who left meanwhile has closed already and will not again.
  if (response.destroyed || response.closed) onClose();
  else response.once('close', onClose);
  return {
    signal: gone.signal,
    begin,
    send: (event) => {
      begin();
      writer.write(textOf(event));
    },
    readyForMore: () => writer.readyForMore(),
    end,
  };
};

const textOf = ({ event, id, data }: StreamedEvent): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${jsonOf(data)}\n\n`;

const known = new WeakMap<object, string>();

/** An event that goes to a crowd is written out once. */
const jsonOf = (data: unknown): string => {
  if (typeof data !== 'object' || data === null) return JSON.stringify(data);
  const text = known.get(data) ?? JSON.stringify(data);
  known.set(data, text);
  return text;
};
