import type { Handler } from '../../../shared/bus/port.ts';
import { domainUpdated, rotateApiKey } from '../../../shared/contracts/provisioning.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { replaceApiKey } from '../store/domains.ts';
import { newApiKey } from './api-key.ts';
import type { HandlerDeps } from './deps.ts';

/**
 * Gives the domain a new API key, in this answer only. The one before stays valid for the grace period; one older still
 * ends at once. Throws `domain_unknown` and `idempotency_key_reused`.
 */
export const handleRotateApiKey =
  ({ clock, config, messaging }: HandlerDeps): Handler<typeof rotateApiKey> =>
  async ({ domain_id, idempotency }) =>
    messaging.once({ scope: domain_id, idempotency }, rotateApiKey.output, async (tx) => {
      const { key, hash } = newApiKey(clock);
      const previousValidUntil = new Date(clock.now() + config.keyGraceMs);
      if (!(await replaceApiKey(tx, domain_id, { hash, previousValidUntil }))) throw new Failure('domain_unknown');
      await messaging.emit(tx, domainUpdated, { domainId: domain_id, data: { changed: ['api_key'] } });
      return { api_key: key, previous_valid_until: previousValidUntil.toISOString() };
    });
