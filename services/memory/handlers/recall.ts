import type { Handler } from '../../../shared/bus/port.ts';
import type { recall } from '../../../shared/contracts/memory.ts';
import type { Deps } from '../deps.ts';
import { isRememberable, packMemories, tokensOf } from '../domain.ts';
import { findMemories } from '../find-memories.ts';
import { viewOf, type MemoryView } from '../memory-view.ts';
import { asksAboutSelf } from '../self-question.ts';

// What is left of the caller's deadline for packing and for the way back.
const marginMs = 50;

/**
 * What earlier sessions of this visitor say about the question, best first, within the token budget. Nothing for the shared
 * `anonymous` user. Memori is asked beside our own store where the domain has an account; when it does not answer in time,
 * `degraded` names it. Throws `service_unavailable` when our own store is away.
 */
export const handleRecall =
  ({ database, clock, settings, remote }: Deps): Handler<typeof recall> =>
  async ({ domain_id: domainId, user_id: userId, session_id: sessionId, question, token_budget }, call) => {
    if (!isRememberable(userId)) return { memories: [], degraded: [] };
    const wantsRecent = asksAboutSelf(question);
    const now = clock.now();
    const remoteMs = Math.min(settings.MEMORI_RECALL_TIMEOUT_MS, call.deadlineAt - now - marginMs);
    const [ranking, elsewhere] = await Promise.all([
      database.run((client) => findMemories(client, { domainId, userId, sessionId, question, wantsRecent, now })),
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
    const tokensMax = token_budget - (foreign.length === 0 ? 0 : tokensOf(elsewhere.text));
    const own = packMemories(ranking, { tokensMax, now, wantsRecent }).map(viewOf);
    return { memories: [...own, ...foreign], degraded: [...elsewhere.degraded] };
  };
