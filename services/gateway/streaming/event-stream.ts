import type { Request, Response } from 'express';
import type { OpenStreams, StreamKind } from './open-streams.ts';

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
  end(): void;
}

const retryMs = 2_000;
const keepAliveMs = 15_000;
const unreadBytesMax = 262_144;
const drainWaitMs = 15_000;

/** Whether the client asked for events rather than one JSON answer. */
export const wantsEvents = (request: Request): boolean =>
  request.method !== 'HEAD' && (request.headers.accept ?? '').includes('text/event-stream');

/**
 * Opens a stream of events on a response. A client that does not read is cut at 256 KiB of unread bytes or after 15 s
 * without a drain: what Node would queue for it has no bound of its own. Throws `overloaded` and `rate_limited`.
 */
export const openEventStream = (response: Response, streams: OpenStreams, kind: StreamKind): EventStream => {
  const gone = new AbortController();
  let keepAlive: NodeJS.Timeout | undefined;
  let unread: NodeJS.Timeout | undefined;
  const forget = streams.add(kind, response.req.ip ?? '', () => {
    if (response.headersSent) {
      write('event: reconnect\ndata: {}\n\n');
      end();
    }
    gone.abort('the stream is closed');
  });
  const cut = (): void => {
    response.destroy();
  };
  const write = (text: string): void => {
    if (response.writableEnded || response.destroyed) return;
    const isRead = response.write(text);
    if (response.writableLength > unreadBytesMax) cut();
    else if (!isRead) unread ??= setTimeout(cut, drainWaitMs);
  };
  const begin = (): void => {
    if (response.headersSent || response.destroyed) return;
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
    });
    write(`retry: ${retryMs}\n\n`);
    keepAlive = setInterval(() => write(': keep-alive\n\n'), keepAliveMs);
  };
  const end = (): void => {
    if (!response.writableEnded && !response.destroyed) response.end();
  };
  response.on('drain', () => {
    clearTimeout(unread);
    unread = undefined;
  });
  const onClose = (): void => {
    clearInterval(keepAlive);
    clearTimeout(unread);
    forget();
    gone.abort('the stream is closed');
  };
  // Credentials and body took their time: who left meanwhile has closed already and will not again.
  if (response.destroyed || response.closed) onClose();
  else response.once('close', onClose);
  return {
    signal: gone.signal,
    begin,
    send: ({ event, id, data }) => {
      begin();
      write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    end,
  };
};
