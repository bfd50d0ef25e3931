import type { Consumer, Delivery } from '../bus/port.ts';
import type { Durable, StoringOwner } from '../contracts/message.ts';
import { Failure, toFailure } from '../errors/failure.ts';
import { failpoint } from '../runtime/failpoint.ts';
import type { Platform } from '../runtime/platform.ts';
import { insertDeadLetter } from './dead-letters.ts';
import { recordAttempt } from './inbox.ts';
import { createSuspectRun } from './suspects.ts';

/** `consumer` is its name in the inbox and among the dead letters. */
type Effect<D extends Durable> = (delivery: Delivery<D>, consumer: string) => Promise<void>;

export interface Consumers {
  /** Has the bus deliver to `effect`, with attempts and crashes counted in Postgres and dead letters kept there. */
  readonly add: <D extends Durable>(contract: D, effect: Effect<D>) => Promise<void>;
  /** By their names. */
  readonly byName: ReadonlyMap<string, Consumer>;
}

const attemptsMax = 12;

/** All consumers of one owner in this process. */
export const createConsumers = (platform: Platform, owner: StoringOwner): Consumers => {
  const { bus, clock, database, logger } = platform;
  const byName = new Map<string, Consumer>();
  const runSuspect = createSuspectRun({ database, clock, logger, processId: clock.newId() });

  return {
    byName,
    add: async (contract, effect) => {
      const name = `${owner}:${contract.subject}`;
      const place = `${owner}.consume.${snake(contract.name)}`;
      const run = async (delivery: Delivery<typeof contract>): Promise<void> => {
        await failpoint(place);
        await effect(delivery, name);
      };
      const handle = async (delivery: Delivery<typeof contract>): Promise<void> => {
        const { id } = delivery.envelope;
        try {
          if (delivery.isSuspect) await runSuspect(name, id, () => run(delivery));
          else await run(delivery);
        } catch (thrown) {
          throw await countAttempt(platform, { consumer: name, id, thrown });
        }
      };
      const consumer = await bus.consume(contract, owner, handle, {
        bury: (letter) =>
          database.run((client) => insertDeadLetter(client, { id: clock.newId(), owner, consumer: name, letter })),
      });
      byName.set(name, consumer);
    },
  };
};

const snake = (pascal: string): string => pascal.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase();

interface Setback {
  readonly consumer: string;
  readonly id: string;
  readonly thrown: unknown;
}

/** What to throw instead: the same, and after the last attempt a failure that is final. The bus then buries the message. */
const countAttempt = async (platform: Platform, { consumer, id, thrown }: Setback): Promise<unknown> => {
  // A refusal says the same every time. An error that nobody named is no refusal: it may have been chance.
  if (thrown instanceof Failure && !thrown.retryable) return thrown;
  const { code } = toFailure(thrown);
  // A database that is down is nobody's poison: the message waits for it without using up attempts.
  if (code === 'service_unavailable') return thrown;
  const attempts = await platform.database.run((client) => recordAttempt(client, consumer, id));
  platform.logger.warn({ err: thrown, consumer, attempts }, 'message not handled');
  if (attempts < attemptsMax) return thrown;
  return new Failure('internal', { detail: `${code} after ${attempts} attempts`, cause: thrown });
};
