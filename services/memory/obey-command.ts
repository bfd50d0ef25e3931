import type { MemoryCommand } from '../../shared/contracts/memory-command.ts';
import type { Transaction } from '../../shared/db/client.ts';
import { deleteSession, isErasedSince, optIn, optOut } from './store/forgetting.ts';
import { deleteSubject, type Subject } from './store/turns.ts';

interface Commanded extends Subject {
  readonly userHash: string;
  readonly sessionId: string;
  /** RFC 3339. */
  readonly answeredAt: string;
}

/** Does what a visitor told the memory. Told again later, it does nothing to what was said since. */
export const obeyCommand = async (client: Transaction, command: MemoryCommand, given: Commanded): Promise<void> => {
  const at = new Date(given.answeredAt);
  switch (command) {
    case 'tell':
      return;
    case 'forget-conversation':
      await deleteSession(client, given, { sessionId: given.sessionId, until: at });
      return;
    case 'forget-me':
      if (!(await isErasedSince(client, given, at))) await deleteSubject(client, given, at);
      return;
    case 'opt-out':
      if (await isErasedSince(client, given, at)) return;
      await deleteSubject(client, given, at);
      await optOut(client, given);
      return;
    case 'opt-in':
      await optIn(client, given, at);
  }
};
