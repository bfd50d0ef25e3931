import type { Handler } from '../../../shared/bus/port.ts';
import type { memoryHealth } from '../../../shared/contracts/memory.ts';
import type { Deps } from '../deps.ts';
import { hasAccounts } from '../store/accounts.ts';

/** `disabled` when no domain has a Memori account, `unavailable` while Memori is known to be out of order, else `ok`. */
export const handleMemoryHealth =
  ({ database, remote }: Deps): Handler<typeof memoryHealth> =>
  async () => {
    if (!(await database.run(hasAccounts))) return { memori: 'disabled' };
    return { memori: remote.isAvailable() ? 'ok' : 'unavailable' };
  };
