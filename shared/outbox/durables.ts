import { commands, events } from '../contracts/catalogue.ts';
import type { Durable } from '../contracts/message.ts';

/** The messages that this version knows and an outbox may hold, by subject. */
export const durables: ReadonlyMap<string, Durable> = new Map(
  [...commands, ...events].map((contract): [string, Durable] => [contract.subject, contract]),
);
