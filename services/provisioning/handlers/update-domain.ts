import type { Handler } from '../../../shared/bus/port.ts';
import { domainSettings, domainUpdated, type updateDomain } from '../../../shared/contracts/provisioning.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { failpoint } from '../../../shared/runtime/failpoint.ts';
import { mergeSettings } from '../domain.ts';
import { lockSettings, saveSettings } from '../store/domains.ts';
import type { HandlerDeps } from './deps.ts';
import { requireDomain } from './require-domain.ts';

/** Lays the sent settings over those there are; two updates at the same moment both count. Throws `domain_unknown`. */
export const handleUpdateDomain =
  ({ messaging }: HandlerDeps): Handler<typeof updateDomain> =>
  async ({ domain_id, settings }) => ({
    domain: await messaging.transaction(async (tx) => {
      const present = await lockSettings(tx, domain_id);
      if (present === undefined) throw new Failure('domain_unknown');
      await saveSettings(tx, domain_id, mergeSettings(domainSettings.parse(present), settings));
      await messaging.emit(tx, domainUpdated, { domainId: domain_id, data: { changed: Object.keys(settings) } });
      await failpoint('provisioning.update_domain.before_commit');
      return requireDomain(tx, domain_id);
    }),
  });
