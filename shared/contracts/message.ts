import { z } from 'zod';

/** The five owners. Every subject names exactly one of them. */
export const owners = ['gateway', 'provisioning', 'knowledge', 'chat', 'memory'] as const;
export type Owner = (typeof owners)[number];
/** The owners with tables of their own: those that owe messages and consume them. */
export const storingOwners = ['provisioning', 'knowledge', 'chat', 'memory'] as const satisfies readonly Owner[];
export type StoringOwner = (typeof storingOwners)[number];

/**
 * What every message carries besides its data. `id` is the deduplication key; `correlation_id` is the same for all
 * that one request caused; `causation_id` is the message that caused this one; `traceparent` is W3C trace context.
 */
export const envelopeSchema = z.object({
  id: z.uuid(),
  name: z.string().max(64),
  subject: z.string().max(128),
  occurred_at: z.iso.datetime(),
  domain_id: z.uuid(),
  correlation_id: z.string().max(64),
  causation_id: z.string().max(64).nullable(),
  traceparent: z.string().max(64).nullable(),
  data: z.record(z.string(), z.unknown()),
});
export type Envelope = z.infer<typeof envelopeSchema>;

/** A question with an answer: core request-reply in the owner's queue group, nothing stored on the bus. */
export interface Query<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly kind: 'query';
  readonly owner: Owner;
  readonly subject: string;
  readonly input: I;
  readonly output: O;
  /** What operators need to see or mend a system at its limit: answered whatever the pressure. */
  readonly isOperational: boolean;
}

/** A question answered in numbered frames with an explicit end. */
export interface StreamQuery<I extends z.ZodType = z.ZodType, F extends z.ZodType = z.ZodType> {
  readonly kind: 'stream';
  readonly owner: Owner;
  readonly subject: string;
  readonly input: I;
  readonly frame: F;
}

/** Work for one owner, kept until it is acknowledged. A wake-up: the obligation itself is a row of the owner. */
export interface Command<D extends z.ZodType = z.ZodType> {
  readonly kind: 'command';
  readonly owner: Owner;
  readonly name: string;
  readonly subject: string;
  readonly data: D;
}

/** Something that happened. The domain id is the last token of its subject. */
export interface Event<D extends z.ZodType = z.ZodType> {
  readonly kind: 'event';
  readonly owner: Owner;
  readonly name: string;
  readonly subject: string;
  readonly data: D;
}

export type Durable = Command | Event;
export type Contract = Query | StreamQuery | Durable;

/** `rpc.<owner>.<verb-noun>.v1` */
export const query = <I extends z.ZodType, O extends z.ZodType>(
  owner: Owner,
  verbNoun: string,
  input: I,
  output: O,
): Query<I, O> => ({
  kind: 'query',
  owner,
  subject: `rpc.${owner}.${verbNoun}.v1`,
  input,
  output,
  isOperational: false,
});

/** `query` for operators: answered also while its owner refuses the rest as `overloaded`. Cheap, and never asked for visitors. */
export const operationalQuery = <I extends z.ZodType, O extends z.ZodType>(
  owner: Owner,
  verbNoun: string,
  input: I,
  output: O,
): Query<I, O> => ({ ...query(owner, verbNoun, input, output), isOperational: true });

/** `rpc.<owner>.<verb-noun>.v1`, answered frame by frame. */
export const streamQuery = <I extends z.ZodType, F extends z.ZodType>(
  owner: Owner,
  verbNoun: string,
  input: I,
  frame: F,
): StreamQuery<I, F> => ({ kind: 'stream', owner, subject: `rpc.${owner}.${verbNoun}.v1`, input, frame });

/** `cmd.<owner>.<verb-noun>.v1` */
export const command = <D extends z.ZodType>(owner: Owner, name: string, data: D): Command<D> => ({
  kind: 'command',
  owner,
  name,
  subject: `cmd.${owner}.${kebab(name)}.v1`,
  data,
});

/** `evt.<owner>.<noun-past>.v1`, published as `….v1.<domain_id>`. */
export const event = <D extends z.ZodType>(owner: Owner, name: string, data: D): Event<D> => ({
  kind: 'event',
  owner,
  name,
  subject: `evt.${owner}.${kebab(name)}.v1`,
  data,
});

/** The subject a durable message is published on. */
export const publishSubject = (contract: Durable, domainId: string): string =>
  contract.kind === 'event' ? `${contract.subject}.${domainId}` : contract.subject;

const kebab = (pascal: string): string => pascal.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
