import type { z } from 'zod';
import type { Durable, Envelope, Owner, Query, StreamQuery } from '../contracts/message.ts';
import type { Bury } from './dead-letter.ts';

/** What travels with a question besides its input. */
export interface CallContext {
  /** Absolute: milliseconds since the epoch. Past it, nobody waits for the answer any more. */
  readonly deadlineAt: number;
  readonly correlationId: string;
}

/** What a handler is told about the question it answers. */
export interface Call extends CallContext {
  /** Aborted at the deadline, when the caller goes away, or when the service drains. */
  readonly signal: AbortSignal;
}

/** `input` is what a caller may send (defaults not filled in); handlers get the parsed output type. */
export type Handler<Q extends Query> = (input: z.output<Q['input']>, call: Call) => Promise<z.input<Q['output']>>;
export type StreamHandler<Q extends StreamQuery> = (
  input: z.output<Q['input']>,
  call: Call,
) => AsyncIterable<z.input<Q['frame']>>;

/** A durable message in a consumer's hands. `attempt` counts from 1 and is only a hint: Postgres keeps the count. */
export interface Delivery<D extends Durable> {
  readonly envelope: Envelope;
  readonly data: z.output<D['data']>;
  readonly attempt: number;
  /**
   * Nobody knows how an earlier delivery ended: it may have ended its process. Suspects run one at a time, with no other
   * durable message beside them in their process.
   */
  readonly isSuspect: boolean;
}

export interface ConsumeOptions {
  /** Handlers of this consumer that run side by side in this process; 20 without it. */
  readonly concurrency?: number;
  readonly bury: Bury;
}

/** What became of a durable message. */
export type Outcome =
  | { readonly do: 'ack' }
  | { readonly do: 'buried'; readonly reason: string }
  | { readonly do: 'retry'; readonly afterMs: number; readonly reason: string };

export interface Consumer {
  /**
   * Handles a message (its envelope as JSON) that did not come from the bus just now, as a suspect, and tells what became
   * of it; `retry` is left to the caller. Throws `service_unavailable` while draining.
   */
  replay(text: string): Promise<Outcome>;
}

/** A stored event with its place in the stream, for live views. */
export interface StoredEvent {
  readonly seq: number;
  readonly envelope: Envelope;
}

export interface WatchOptions {
  /** Only this domain's events; all domains' without it. */
  readonly domainId?: string;
  /** Only this owner's events; all owners' without it. */
  readonly owner?: Owner;
  /** Start behind this place; without it, with what comes from now on. */
  readonly afterSeq?: number;
  readonly signal: AbortSignal;
}

export interface BusHealth {
  /** Connected, and what it stores messages in is there. */
  readonly connected: boolean;
  /** `ok`, or what an operator should know. */
  readonly detail: string;
}

/**
 * The one way services meet. Two adapters keep the same promises and pass the same suite (`conformance.ts`):
 * in one process, and over NATS.
 */
export interface Bus {
  /**
   * Asks the owner and waits for its answer, parsed by the contract. Throws the Failure that the handler threw,
   * `service_unavailable` when nobody answers for the owner, `deadline_exceeded` when time ran out. Never retried here.
   */
  ask<Q extends Query>(contract: Q, input: z.input<Q['input']>, context: CallContext): Promise<z.output<Q['output']>>;

  /**
   * Asks for frames. They arrive in order, none missing: a gap, a silent or dead answerer throws
   * `service_unavailable`, never ends quietly. Leaving the loop or aborting `signal` tells the answerer to stop.
   */
  askStream<Q extends StreamQuery>(
    contract: Q,
    input: z.input<Q['input']>,
    context: CallContext & { readonly signal: AbortSignal },
  ): AsyncIterable<z.output<Q['frame']>>;

  /** Answers a query in the owner's queue group: of all replicas, one gets each question. */
  answer<Q extends Query>(contract: Q, handler: Handler<Q>): Promise<void>;
  answerStream<Q extends StreamQuery>(contract: Q, handler: StreamHandler<Q>): Promise<void>;

  /**
   * Hands a durable message to the bus. Resolves when the bus has it; a second publish of the same envelope id within
   * two minutes is dropped. Only the outbox relay calls this. `isSuspect` says that a process may have died in an earlier
   * publish of it. Throws `service_unavailable`.
   */
  publish(contract: Durable, envelope: Envelope, options?: { readonly isSuspect?: boolean }): Promise<void>;

  /**
   * Consumes a durable message at least once, shared by all replicas that give the same `consumer` name. The handler
   * returns once the obligation is stored. A retryable Failure comes back after a delay; any other, the last attempt, and
   * what is not this message at all, is given to `bury` and then let go; when `bury` throws, it comes back. An error that
   * is no Failure has an unknown outcome and counts as retryable. No message is dropped for the number of its deliveries.
   */
  consume<D extends Durable>(
    contract: D,
    consumer: string,
    handler: (delivery: Delivery<D>) => Promise<void>,
    options: ConsumeOptions,
  ): Promise<Consumer>;

  /** Events as they happen, from a given place on; every watcher gets all. Ends when the signal aborts. */
  watch(options: WatchOptions): AsyncIterable<StoredEvent>;

  /**
   * Tells since when the bus holds what it is given (milliseconds since the epoch): soon, and anew whenever it lost its
   * store. What was published before that moment may be gone unconsumed; whoever owes it publishes it again.
   */
  onStoreBegun(listener: (sinceMs: number) => void): void;

  health(): BusHealth;

  /** Takes no new work, lets what runs finish (at most `timeoutMs`), then closes. */
  drain(timeoutMs: number): Promise<void>;
}
