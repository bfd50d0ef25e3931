import type { Handler } from '../../../shared/bus/port.ts';
import type { recall } from '../../../shared/contracts/memory.ts';
import type { Deps } from '../deps.ts';
import { isRememberable, packMemories, tokensOf } from '../domain.ts';
import { findMemories } from '../find-memories.ts';
import { factsFrom, type KnownFact } from '../facts/current-facts.ts';
import { lineOf, rankFacts } from '../facts/rank-facts.ts';
import { factViewOf, viewOf, type MemoryView } from '../memory-view.ts';
import { asksAboutSelf } from '../self-question.ts';
import { asVisitor } from '../store/as-visitor.ts';
import { findSayings } from '../store/facts.ts';

// Facts are an index; the words themselves have the larger part.
const factsShare = 0.3;
// What is left of the caller's deadline for packing and for the way back.
const marginMs = 50;

/**
 * What earlier sessions of this visitor say about the question, best first, and what is currently true of them, within the token budget. Nothing for the shared
 * `anonymous` user. Memori is asked beside our own store where the domain has an account; when it does not answer in time,
 * `degraded` names it. Throws `service_unavailable` when our own store is away.
 */
export const handleRecall =
  ({ database, clock, settings, remote }: Deps): Handler<typeof recall> =>
  async ({ domain_id: domainId, user_id: userId, session_id: sessionId, question, token_budget }, call) => {
    if (!isRememberable(userId)) return { facts: [], memories: [], degraded: [] };
    const wantsRecent = asksAboutSelf(question);
    const now = clock.now();
    const remoteMs = Math.min(settings.MEMORI_RECALL_TIMEOUT_MS, call.deadlineAt - now - marginMs);
    const [{ ranking, sayings }, elsewhere] = await Promise.all([
      asVisitor(database, { domainId, userId }, async (tx) => ({
        ranking: await findMemories(tx, { domainId, userId, sessionId, question, wantsRecent, now }),
        sayings: await findSayings(tx, { domainId, userId }, now),
      })),
      remote.recall({ domainId, userId, sessionId }, remoteMs),
    ]);
    const foreign: MemoryView[] =
      elsewhere.text === ''
        ? []
        : [
            {
              id: clock.newId(),
              role: 'assistant',
              text: elsewhere.text,
              said_at: new Date(now).toISOString(),
              session_id: sessionId,
            },
          ];
    const facts = fitFacts(rankFacts(question, factsFrom(sayings)), token_budget * factsShare);
    const spent = [...facts.map(lineOf), ...foreign.map(({ text }) => text)];
    const tokensMax = token_budget - spent.reduce((sum, text) => sum + tokensOf(text), 0);
    const own = packMemories(ranking, { tokensMax, now, wantsRecent }).map(viewOf);
    return { facts: facts.map(factViewOf), memories: [...own, ...foreign], degraded: [...elsewhere.degraded] };
  };

const fitFacts = (facts: readonly KnownFact[], tokensMax: number): readonly KnownFact[] => {
  let left = tokensMax;
  return facts.filter((fact) => {
    const tokens = tokensOf(lineOf(fact));
    if (tokens > left) return false;
    left -= tokens;
    return true;
  });
};
