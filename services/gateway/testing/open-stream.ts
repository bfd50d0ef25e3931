import { eventsIn, type SseEvent } from './send.ts';
import type { TestGateway } from './start.ts';

export interface OpenStream {
  readonly status: number;
  readonly headers: Headers;
  /** Waits until so many events are there, or the stream is over. */
  readonly events: (count: number) => Promise<SseEvent[]>;
  readonly text: () => string;
  /** Resolves when the server ended the stream. */
  readonly ended: Promise<void>;
  readonly leave: () => void;
}

/** A stream of events that is read while it is open. */
export const openStream = async (
  { url }: TestGateway,
  path: string,
  init: { readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown } = {},
): Promise<OpenStream> => {
  const gone = new AbortController();
  const response = await fetch(url + path, {
    method: init.body === undefined ? 'GET' : 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', ...init.headers },
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
    signal: gone.signal,
  });
  let text = '';
  let isOver = false;
  let wake = (): void => undefined;
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk as Uint8Array, { stream: true });
        wake();
      }
    } catch {
      // Cut by either side: what came so far is what there is.
    }
    isOver = true;
    wake();
  };
  const ended = read();
  return {
    status: response.status,
    headers: response.headers,
    text: () => text,
    ended,
    leave: () => gone.abort(),
    events: async (count) => {
      while (!isOver && eventsIn(text).length < count) await new Promise<void>((resolve) => (wake = resolve));
      return eventsIn(text);
    },
  };
};
