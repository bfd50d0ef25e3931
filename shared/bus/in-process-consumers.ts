import type { Durable } from '../contracts/message.ts';
import { Failure } from '../errors/failure.ts';
import { createLane, type Lane, type LaneOptions, type Message } from './in-process-lane.ts';
import type { Journal } from './journal.ts';
import type { Consuming } from './middleware.ts';

/** The durable half of the in-process bus: which consumers a message has. */
export interface Consumers {
  add(contract: Durable, consumer: string, consume: Consuming, concurrency: number): void;
  /**
   * Resolves when every consumer of the subject has dealt with the message or buried it. Throws `service_unavailable`
   * for a command that nobody consumes yet: the outbox keeps it.
   */
  deliver(contract: Durable, message: Message): Promise<void>;
  /** Starts nothing new; what waits or is to be tried again is given up, for its outbox row to bring it back. */
  stop(): void;
}

export const createConsumers = (options: LaneOptions & { readonly journal: Journal }): Consumers => {
  const lanes = new Map<string, Map<string, Lane>>();
  const startSeq = options.journal.lastSeq();

  // Services start one after the other: what happened before this consumer came is not lost on it.
  const catchUp = (lane: Lane, contract: Durable): void => {
    const missed = options.journal.after(startSeq).filter((entry) => entry.subject.startsWith(`${contract.subject}.`));
    // The publisher of these has its answer; a bus that closes in between leaves them to the journal's readers.
    for (const entry of missed) lane.take({ ...entry, isSuspect: false }).catch(() => undefined);
  };

  return {
    add: (contract, consumer, consume, concurrency) => {
      const ofSubject = lanes.get(contract.subject) ?? new Map<string, Lane>();
      const known = ofSubject.get(consumer);
      const lane = known ?? createLane(options);
      lane.addWorker(consume, concurrency);
      lanes.set(contract.subject, ofSubject.set(consumer, lane));
      if (known === undefined && contract.kind === 'event') catchUp(lane, contract);
    },
    deliver: async (contract, message) => {
      const ofSubject = lanes.get(contract.subject);
      if (ofSubject === undefined && contract.kind === 'command') {
        throw new Failure('service_unavailable', { detail: `Nobody consumes ${contract.subject} yet` });
      }
      await Promise.all([...(ofSubject?.values() ?? [])].map((lane) => lane.take(message)));
    },
    stop: () => {
      for (const ofSubject of lanes.values()) {
        for (const lane of ofSubject.values()) lane.stop();
      }
    },
  };
};
