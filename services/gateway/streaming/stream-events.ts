import type { Request } from 'express';
import type { z } from 'zod';
import { lastEventIdHeader, type eventsQuery } from '../../../shared/contracts/http/events.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Credential } from '../auth/credentials.ts';
import type { Gateway } from '../gateway.ts';
import type { Exchange } from '../http/route.ts';
import { openEventStream } from './event-stream.ts';

interface Wanted {
  readonly domainId: string | undefined;
  readonly afterSeq: number | undefined;
}

/** Where a reader wants to go on: the header of a reconnecting client comes before what the address said at first. */
export const placeToResume = (request: Request, query: z.output<typeof eventsQuery>): number | undefined => {
  const header = request.headers['last-event-id'];
  if (header !== undefined && header !== '') {
    const parsed = lastEventIdHeader.safeParse(header);
    if (parsed.success) return Number(parsed.data);
    throw new Failure('invalid_request', {
      errors: [{ path: 'header.Last-Event-ID', message: 'must be an event id' }],
    });
  }
  if (query.last_event_id !== undefined) return Number(query.last_event_id);
  return query.from === 'start' ? 0 : undefined;
};

/** Sends stored events as they come, until the reader leaves. The bus going away sends the reader to come back. */
export const streamEvents = async <C extends Credential>(
  { bus, streams, logger }: Gateway,
  { request, response, leavePlaces }: Exchange<C>,
  { domainId, afterSeq }: Wanted,
): Promise<void> => {
  const stream = openEventStream(response, streams, 'live');
  leavePlaces();
  stream.begin();
  if (request.method === 'HEAD') {
    stream.end();
    return;
  }
  try {
    const place = {
      ...(domainId === undefined ? {} : { domainId }),
      ...(afterSeq === undefined ? {} : { afterSeq }),
    };
    for await (const { seq, envelope } of bus.watch({ ...place, signal: stream.signal })) {
      stream.send({ event: envelope.name, id: seq.toString(), data: envelope });
      // Who reads slowly is given the rest later, from the stream: nothing waits for it in memory.
      await stream.readyForMore();
    }
  } catch (thrown) {
    if (!stream.signal.aborted) logger.warn({ err: thrown }, 'live events ended');
  }
  stream.end();
};
