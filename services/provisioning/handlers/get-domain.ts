import type { Handler } from '../../../shared/bus/port.ts';
import type { getDomain } from '../../../shared/contracts/provisioning.ts';
import type { HandlerDeps } from './deps.ts';
import { requireDomain } from './require-domain.ts';

/** One domain. Throws `domain_unknown`. */
export const handleGetDomain =
  ({ database }: HandlerDeps): Handler<typeof getDomain> =>
  async ({ domain_id }) => ({ domain: await database.run((client) => requireDomain(client, domain_id)) });
