import type { Handler } from '../../../shared/bus/port.ts';
import type { listMemories } from '../../../shared/contracts/memory.ts';
import type { Deps } from '../deps.ts';
import { factsFrom } from '../facts/current-facts.ts';
import { factViewOf, viewOf } from '../memory-view.ts';
import { asVisitor } from '../store/as-visitor.ts';
import { findSayings } from '../store/facts.ts';
import { listTurns } from '../store/turns.ts';

const factsMax = 500;

/** What is remembered of one visitor, newest first, and what is known of them, with what it was before. */
export const handleListMemories =
  ({ database, clock }: Deps): Handler<typeof listMemories> =>
  async ({ domain_id, user_id, limit }) => {
    const subject = { domainId: domain_id, userId: user_id };
    const { listed, sayings } = await asVisitor(database, subject, async (tx) => ({
      listed: await listTurns(tx, subject, limit),
      sayings: await findSayings(tx, subject, clock.now()),
    }));
    const facts = factsFrom(sayings).slice(0, factsMax).map(factViewOf);
    return { memories: listed.turns.map(viewOf), facts, total: listed.total };
  };
