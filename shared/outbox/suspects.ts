import type { Database } from '../db/client.ts';
import { Failure } from '../errors/failure.ts';
import type { Logger } from '../telemetry/logger.ts';
import { forgetStarts, recordStart } from './inbox.ts';

/** Handles one suspect: a message in whose earlier handling a process may have died. */
export type SuspectRun = (consumer: string, messageId: string, effect: () => Promise<void>) => Promise<void>;

interface SuspectsOptions {
  readonly database: Database;
  readonly logger: Logger;
  /** Another for every process. */
  readonly processId: string;
}

// With the delivery that made a suspect of it, the third process ended.
const startsMax = 2;

/**
 * Counts in Postgres the processes that began a suspect and did not live to end it; past two the message is refused for
 * good, so it ends up among the dead letters instead of ending a fourth process. The count is written before the handler
 * runs and cleared after any outcome. The bus runs suspects alone, so nobody else's count grows. First deliveries, the
 * ones that matter for speed, never come here.
 */
export const createSuspectRun =
  ({ database, logger, processId }: SuspectsOptions): SuspectRun =>
  async (consumer, messageId, effect) => {
    const starts = await database.run((client) => recordStart(client, { consumer, messageId, processId }));
    if (starts === undefined) return;
    if (starts > startsMax)
      throw new Failure('internal', { detail: `its process ended ${starts} times while handling it` });
    try {
      await effect();
    } finally {
      await database
        .run((client) => forgetStarts(client, consumer, messageId))
        // This process lives, so its own start is not counted again.
        .catch((thrown: unknown) => logger.warn({ err: thrown, consumer }, 'start of a suspect not cleared'));
    }
  };
