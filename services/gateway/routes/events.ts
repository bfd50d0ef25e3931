import { z } from 'zod';
import { domainParams } from '../../../shared/contracts/http/domains.ts';
import { eventsAnswer, eventsQuery } from '../../../shared/contracts/http/events.ts';
import { answered, route } from '../http/route.ts';
import { placeToResume, streamEvents } from '../streaming/stream-events.ts';

const description =
  'Server-Sent Events. `Last-Event-ID` (or `?last_event_id=`) resumes behind that event; `?from=start` replays all that is kept.';

/** One domain's events as they happen. */
export const domainEventsRoute = route({
  method: 'get',
  path: '/domains/:domain_id/events',
  tag: 'domains',
  summary: "A domain's events",
  description,
  credential: 'path-domain',
  input: z.object({ params: domainParams, query: eventsQuery }),
  output: eventsAnswer,
  failures: ['not_found'],
  events: 'always',
  handle: (gateway) => async (input, exchange) => {
    const afterSeq = placeToResume(exchange.request, input.query);
    await streamEvents(gateway, exchange, { domainId: exchange.caller.domain.domain_id, afterSeq });
    return answered;
  },
});

/** All domains' events for the admin; its own for a domain key. */
export const eventsRoute = route({
  method: 'get',
  path: '/events',
  tag: 'operation',
  summary: 'Events',
  description,
  credential: 'tenant',
  input: z.object({ query: eventsQuery }),
  output: eventsAnswer,
  events: 'always',
  handle: (gateway) => async (input, exchange) => {
    const afterSeq = placeToResume(exchange.request, input.query);
    await streamEvents(gateway, exchange, { domainId: exchange.caller.domain?.domain_id, afterSeq });
    return answered;
  },
});
