import type { Handler } from '../../../shared/bus/port.ts';
import type { countDomains } from '../../../shared/contracts/provisioning.ts';
import { degradedSystems } from '../../../shared/http/outside-state.ts';
import { countDomainRows } from '../store/domains.ts';
import type { HandlerDeps } from './deps.ts';

/** How many domains there are, and how many of them have a running agent. */
export const handleCountDomains =
  ({ database }: HandlerDeps): Handler<typeof countDomains> =>
  async () => {
    const { domains, activeAgents } = await database.run(countDomainRows);
    return { domains, active_agents: activeAgents, cloud_trouble: degradedSystems('provisioning:cloud') };
  };
