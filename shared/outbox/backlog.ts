import { z } from 'zod';
import type { StoringOwner } from '../contracts/message.ts';
import type { Platform, Running } from '../runtime/platform.ts';
import { every } from '../work/every.ts';
import { durables } from './durables.ts';

/** Owed rows past which new work is refused: what the bus does not take must not fill the disk. */
const owedMax = 10_000;
const lookMs = 5_000;
const knownSubjects = [...durables.keys()];

/**
 * Has the process refuse questions while `owner` owes the bus too much: rows that it could have had by now, those that it
 * refused included. Counted every five seconds, no further than needed.
 */
export const watchBacklog = ({ database, pressure, clock, logger }: Platform, owner: StoringOwner): Running => {
  let owed = 0;
  pressure.watch({ name: 'outbox', value: () => owed, max: owedMax });
  return every({ name: `${owner} backlog`, clock, logger, restMs: lookMs }, async () => {
    const rows = await database.run(
      (client) => client.$queryRaw<unknown[]>`
      select count(*)::int as owed from (
        select from outbox
        where owner = ${owner} and sent_at is null and (not_before <= now() or attempts > 0)
          and subject = any(${knownSubjects}::text[])
        limit ${owedMax + 1}) as rows`,
    );
    owed = countRow.parse(rows)[0].owed;
  });
};

const countRow = z.tuple([z.object({ owed: z.number() })]);
