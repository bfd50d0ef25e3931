import type { Handler } from '../../../shared/bus/port.ts';
import type { checkAgent } from '../../../shared/contracts/provisioning.ts';
import { hurryCheck } from '../store/sagas.ts';
import type { HandlerDeps } from './deps.ts';

/** Has a ready agent compared with the cloud soon, however many ask for it at once. */
export const handleCheckAgent =
  ({ database, wake }: HandlerDeps): Handler<typeof checkAgent> =>
  async ({ domain_id }) => {
    await database.run((client) => hurryCheck(client, domain_id));
    wake();
    return {};
  };
