import type { Handler } from '../../../shared/bus/port.ts';
import type { countSessions } from '../../../shared/contracts/chat.ts';
import { degradedSystems } from '../../../shared/http/outside-state.ts';
import type { Deps } from '../deps.ts';
import { countActiveSessions } from '../store/sessions.ts';

const freshMs = 5_000;

/** Active sessions, counted at most every five seconds: health checks come often and the table may be large. */
export const handleCountSessions = ({ database, clock }: Deps): Handler<typeof countSessions> => {
  let known: { readonly at: number; readonly active_sessions: number } | undefined;
  return async () => {
    if (known === undefined || clock.now() - known.at > freshMs) {
      known = { at: clock.now(), active_sessions: await database.run(countActiveSessions) };
    }
    return { active_sessions: known.active_sessions, agent_trouble: degradedSystems('agent') };
  };
};
