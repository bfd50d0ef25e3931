import { isObject, objectOf, parseJson, textOf } from '../http/json.ts';
import { createSseParser } from '../http/sse.ts';
import type { HouseEvent } from './describe-event.ts';

export interface WatchOptions {
  readonly domainId: string;
  readonly apiKey: string;
  readonly onEvent: (event: HouseEvent) => void;
  readonly onConnection: (isConnected: boolean) => void;
}

const retryMsMin = 1000;
const retryMsMax = 15_000;

/**
 * Follows a domain's events for as long as the page lives, from the first one there is. `EventSource` cannot send
 * headers, so this reads the stream itself; after a break it goes on behind the last event it has seen.
 */
export const watchEvents = async (options: WatchOptions): Promise<never> => {
  let lastId = '';
  for (let waitMs = retryMsMin; ; waitMs = Math.min(retryMsMax, waitMs * 2)) {
    const body = await connect(options, lastId);
    options.onConnection(body !== undefined);
    if (body !== undefined) {
      waitMs = retryMsMin;
      lastId = (await readAll(body, options.onEvent)) ?? lastId;
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
};

const connect = async (
  { domainId, apiKey }: WatchOptions,
  lastId: string,
): Promise<ReadableStream<Uint8Array> | undefined> => {
  const headers = {
    Accept: 'text/event-stream',
    'X-Domain-ID': domainId,
    ...(lastId === '' ? {} : { 'Last-Event-ID': lastId }),
    ...(apiKey === '' ? {} : { Authorization: `Bearer ${apiKey}` }),
  };
  const response = await fetch(`/domains/${encodeURIComponent(domainId)}/events?from=start`, { headers }).catch(
    () => undefined,
  );
  return response?.ok === true ? (response.body ?? undefined) : undefined;
};

/** Ends when the stream does, with the id of its last event. */
const readAll = async (
  body: ReadableStream<Uint8Array>,
  onEvent: (event: HouseEvent) => void,
): Promise<string | undefined> => {
  const seen: { id: string | undefined } = { id: undefined };
  const feed = createSseParser(({ id, event, data }) => {
    if (id !== '') seen.id = id;
    const envelope = parseJson(data);
    if (!isObject(envelope)) return;
    onEvent({
      id: textOf(envelope['id']) || id,
      name: textOf(envelope['name']) || event,
      occurredAt: textOf(envelope['occurred_at']),
      data: objectOf(envelope['data']),
    });
  });
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return seen.id;
      feed(decoder.decode(value, { stream: true }));
    }
  } catch {
    return seen.id; // the connection broke: the caller connects again
  }
};
