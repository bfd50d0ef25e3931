import { z } from 'zod';
import { envelopeSchema } from '../message.ts';

const sequence = z.string().regex(/^\d{1,15}$/, 'must be the id of an event');

/** `from=start` replays all that is kept; `last_event_id` is for clients that cannot send the header. */
export const eventsQuery = z.object({ last_event_id: sequence.optional(), from: z.literal('start').optional() });
export const lastEventIdHeader = sequence;
/** The `data` of each event; its `event` is the envelope's name and its `id` the place to resume from. */
export const eventsAnswer = envelopeSchema;
