import type { z } from 'zod';
import { publishSubject, type Envelope, type Event } from '../../../shared/contracts/message.ts';
import { systemClock } from '../../../shared/runtime/clock.ts';
import { now } from './builders.ts';

/** An event as its owner's outbox would publish it. */
export const anEvent = <E extends Event>(contract: E, domainId: string, data: z.input<E['data']>): Envelope => ({
  id: systemClock.newId(),
  name: contract.name,
  subject: publishSubject(contract, domainId),
  occurred_at: now,
  domain_id: domainId,
  correlation_id: 'test',
  causation_id: null,
  traceparent: null,
  data: data as Record<string, unknown>,
});
