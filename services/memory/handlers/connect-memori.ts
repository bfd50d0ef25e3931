import type { Handler } from '../../../shared/bus/port.ts';
import type { connectMemori } from '../../../shared/contracts/memory.ts';
import type { Deps } from '../deps.ts';

/** Keeps the domain's own Memori key, sealed; a second key replaces the first. */
export const handleConnectMemori =
  ({ accounts }: Deps): Handler<typeof connectMemori> =>
  async ({ domain_id, memori_api_key }) => {
    await accounts.connect(domain_id, memori_api_key);
    return { connected: true };
  };
