import type { Consumer } from '../bus/port.ts';
import type { StoringOwner } from '../contracts/message.ts';
import { toFailure } from '../errors/failure.ts';
import type { Platform } from '../runtime/platform.ts';
import { createWorker, type Worker } from '../work/worker.ts';
import { forgetStarts } from './inbox.ts';
import { claimReplays, deleteReplayed, endReplay, type ClaimedReplay } from './replay-rows.ts';

// A handler is a short transaction; it may have to wait for others of its process.
const leaseMs = 60_000;
const pollMs = 5_000;

/**
 * Replays dead letters of `owner` that an operator asked for: each is handled once, exactly as a delivery, so the inbox
 * guards against a second effect. One that succeeds is gone; one that fails is dead again with the new reason.
 */
export const startReplays = (
  platform: Platform,
  owner: StoringOwner,
  consumers: ReadonlyMap<string, Consumer>,
): Worker => {
  const { database, clock, logger, started } = platform;
  return createWorker({
    name: `${owner} replays`,
    clock,
    logger,
    pollMs,
    concurrency: 1,
    claim: async (limit) => {
      await started;
      return database.run((client) => claimReplays(client, { owner, leaseMs, limit }));
    },
    run: async (letter) => {
      const failure = await replay(platform, consumers.get(letter.consumer), letter);
      await database.run((client) =>
        failure === undefined ? deleteReplayed(client, letter) : endReplay(client, letter, failure),
      );
      const { id, consumer, msg_key: message_id } = letter;
      logger.info({ dead_letter: id, consumer, message_id, outcome: failure ?? 'ok' }, 'dead letter replayed');
    },
  });
};

/** Undefined when the message is dealt with, else the reason why it is not. */
const replay = async (
  { database }: Platform,
  consumer: Consumer | undefined,
  letter: ClaimedReplay,
): Promise<string | undefined> => {
  if (consumer === undefined) return 'nobody consumes this in the present version';
  try {
    await database.run((client) => forgetStarts(client, letter.consumer, letter.msg_key));
    const outcome = await consumer.replay(letter.message);
    return outcome.do === 'ack' ? undefined : outcome.reason;
  } catch (thrown) {
    return toFailure(thrown).code;
  }
};
