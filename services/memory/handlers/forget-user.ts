import type { Handler } from '../../../shared/bus/port.ts';
import { userForgotten, type forgetUser } from '../../../shared/contracts/memory.ts';
import type { Deps } from '../deps.ts';
import { remoteName } from '../remote-memory.ts';
import { deleteSubject } from '../store/turns.ts';
import { userHashOf } from '../user-hash.ts';

/**
 * Deletes all that is remembered of a visitor, and what was still to be sent. Memori has no call to delete, so when it was
 * sent a copy `remote_copies` names it: that one must be deleted there. Forgetting twice is no error.
 */
export const handleForgetUser =
  ({ messaging, clock }: Deps): Handler<typeof forgetUser> =>
  async ({ domain_id: domainId, user_id: userId }) => {
    const subject = { domainId, userId, userHash: userHashOf(domainId, userId) };
    return messaging.transaction(async (tx) => {
      const { turns, hadRemoteCopy } = await deleteSubject(tx, subject, new Date(clock.now()));
      await messaging.emit(tx, userForgotten, { domainId, data: { forgotten: turns } });
      return { forgotten: turns, remote_copies: hadRemoteCopy ? [remoteName] : [] };
    });
  };
