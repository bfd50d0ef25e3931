import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  command,
  event,
  publishSubject,
  query,
  streamQuery,
  type Durable,
  type Envelope,
} from '../contracts/message.ts';
import { Failure } from '../errors/failure.ts';
import { systemClock } from '../runtime/clock.ts';
import type { Bury, DeadLetter } from './dead-letter.ts';
import type { Bus, CallContext, ConsumeOptions, Delivery } from './port.ts';

/** What an adapter can do beyond the common promises. */
export interface Features {
  /** Each replica is a client of its own that can die alone. */
  readonly replicas: boolean;
}

/** One empty message system, as the suite needs it. */
export interface Backbone {
  /** A bus on this backbone; each call is another replica where the adapter has replicas. */
  readonly replica: () => Promise<Bus>;
  /** Ends a replica as SIGKILL would: nothing is said to anybody. */
  readonly kill: (replica: Bus) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** One promise and the check of it. */
export interface PromiseCheck {
  readonly promise: string;
  readonly needs?: keyof Features;
  readonly check: (world: World) => Promise<void>;
}
export type Promises = readonly PromiseCheck[];

export type World = ReturnType<typeof createWorld>;

export const echo = query(
  'chat',
  'echo',
  z.object({ text: z.string(), times: z.number().default(1) }),
  z.object({ text: z.string(), by: z.string() }),
);
export const count = streamQuery(
  'chat',
  'count',
  z.object({ to: z.number() }),
  z.object({ n: z.number(), text: z.string() }),
);
export const wakeUp = command('memory', 'WakeUp', z.object({ n: z.number() }));
export const happened = event('chat', 'SomethingHappened', z.object({ n: z.number() }));

export const domainId = '0b0e8b1e-8f5e-4f83-9d3d-3a2f4a7f6a01';

/** An envelope as the outbox would write it. */
export const envelopeOf = (contract: Durable, n: number, changes: Partial<Envelope> = {}): Envelope => ({
  id: randomUUID(),
  name: contract.name,
  subject: publishSubject(contract, changes.domain_id ?? domainId),
  occurred_at: '2026-01-01T00:00:00.000Z',
  domain_id: domainId,
  correlation_id: 'correlation-1',
  causation_id: null,
  traceparent: null,
  data: { n },
  ...changes,
});

/** A question that may take `ms`. */
export const within = (ms = 5_000): CallContext => ({
  deadlineAt: systemClock.now() + ms,
  correlationId: 'correlation-1',
});

export const listening = (ms = 5_000, signal = new AbortController().signal) => ({ ...within(ms), signal });

/** Waits until `ready` holds; fails after ten seconds. */
export const eventually = async (what: string, ready: () => boolean | Promise<boolean>): Promise<void> => {
  const until = systemClock.now() + 10_000;
  while (!(await ready())) {
    if (systemClock.now() > until) throw new Error(`Waited 10 s in vain: ${what}`);
    await systemClock.sleep(5);
  }
};

/** What `work` throws, which must be a Failure. */
export const failureOf = async (work: Promise<unknown>): Promise<Failure> => {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof Failure) return thrown;
  throw new Error(`Expected a Failure, got ${String(thrown)}`);
};

export const collect = async <T>(source: AsyncIterable<T>, into: T[] = []): Promise<T[]> => {
  for await (const item of source) into.push(item);
  return into;
};

/** For a consumer whose dead letters nobody looks at. */
export const buryUnseen: Bury = async () => undefined;

/** The backbone with what every check needs. */
export const createWorld = (backbone: Backbone) => {
  const deadLetters: DeadLetter[] = [];
  return {
    ...backbone,
    /** What was buried so far. */
    deadLetters,
    consume: <D extends Durable>(
      bus: Bus,
      contract: D,
      consumer: string,
      handler: (delivery: Delivery<D>) => Promise<void>,
      options: Partial<ConsumeOptions> = {},
    ) =>
      bus.consume(contract, consumer, handler, { bury: async (letter) => void deadLetters.push(letter), ...options }),
    /** Publishes like the outbox relay: again and again until the bus has taken it. */
    relay: async (
      bus: Bus,
      contract: Durable,
      envelope: Envelope,
      options: { readonly isSuspect?: boolean } = {},
    ): Promise<void> => {
      await eventually(`${envelope.subject} is taken`, () =>
        bus.publish(contract, envelope, options).then(
          () => true,
          () => false,
        ),
      );
    },
  };
};
