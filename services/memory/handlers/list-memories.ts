import type { Handler } from '../../../shared/bus/port.ts';
import type { listMemories } from '../../../shared/contracts/memory.ts';
import type { Deps } from '../deps.ts';
import { viewOf } from '../memory-view.ts';
import { listTurns } from '../store/turns.ts';

/** What is remembered of one visitor, newest first. */
export const handleListMemories =
  ({ database }: Deps): Handler<typeof listMemories> =>
  async ({ domain_id, user_id, limit }) => {
    const subject = { domainId: domain_id, userId: user_id };
    const { turns, total } = await database.run((client) => listTurns(client, subject, limit));
    return { memories: turns.map(viewOf), total };
  };
