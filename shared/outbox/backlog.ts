import { z } from 'zod';
import type { StoringOwner } from '../contracts/message.ts';
import type { Platform, Running } from '../runtime/platform.ts';
import { every } from '../work/every.ts';

/** Unsent rows past which new work is refused: what the bus does not take must not fill the disk. */
const unsentMax = 10_000;
const lookMs = 5_000;

/** Has the process refuse questions while `owner` owes the bus too much; counted every five seconds, no further than needed. */
export const watchBacklog = ({ database, pressure, clock, logger }: Platform, owner: StoringOwner): Running => {
  let unsent = 0;
  pressure.watch({ name: 'outbox', value: () => unsent, max: unsentMax });
  return every({ name: `${owner} backlog`, clock, logger, restMs: lookMs }, async () => {
    const rows = await database.run(
      (client) => client.$queryRaw<unknown[]>`
      select count(*)::int as unsent from (
        select from outbox where owner = ${owner} and sent_at is null limit ${unsentMax + 1}) as rows`,
    );
    unsent = countRow.parse(rows)[0].unsent;
  });
};

const countRow = z.tuple([z.object({ unsent: z.number() })]);
