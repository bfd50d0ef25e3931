import type { Handler } from '../../../shared/bus/port.ts';
import { userForgotten, type forgetUser } from '../../../shared/contracts/memory.ts';
import type { Deps } from '../deps.ts';
import { remoteName } from '../remote-memory.ts';
import { hasRemoteCopy } from '../store/deliveries.ts';
import { deleteMemory, deleteSession } from '../store/forgetting.ts';
import { deleteSubject } from '../store/turns.ts';
import { userHashOf } from '../user-hash.ts';

/**
 * Deletes all that is remembered of a visitor (or one memory, or one session), and what was still to be sent. Memori has no call to delete, so when it was
 * sent a copy `remote_copies` names it: that one must be deleted there. Forgetting twice is no error.
 */
export const handleForgetUser =
  ({ messaging, clock }: Deps): Handler<typeof forgetUser> =>
  async ({ domain_id: domainId, user_id: userId, memory_id: memoryId, session_id: sessionId }) => {
    const subject = { domainId, userId, userHash: userHashOf(domainId, userId) };
    const now = new Date(clock.now());
    return messaging.transaction(async (tx) => {
      if (memoryId !== undefined || sessionId !== undefined) {
        const forgotten =
          memoryId === undefined
            ? await deleteSession(tx, subject, { sessionId: sessionId ?? '', until: now })
            : await deleteMemory(tx, subject, memoryId);
        await messaging.emit(tx, userForgotten, { domainId, data: { forgotten } });
        return { forgotten, remote_copies: (await hasRemoteCopy(tx, subject)) ? [remoteName] : [] };
      }
      const { turns, hadRemoteCopy } = await deleteSubject(tx, subject, now);
      await messaging.emit(tx, userForgotten, { domainId, data: { forgotten: turns } });
      return { forgotten: turns, remote_copies: hadRemoteCopy ? [remoteName] : [] };
    });
  };
