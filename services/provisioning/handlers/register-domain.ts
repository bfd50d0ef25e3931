import type { Handler } from '../../../shared/bus/port.ts';
import { domainRegistered, registerDomain } from '../../../shared/contracts/provisioning.ts';
import { websiteKeyOf } from '../../../shared/crypto/hash.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { normaliseDomainName } from '../host-name.ts';
import { insertDomain } from '../store/domains.ts';
import { insertSaga } from '../store/sagas.ts';
import { newApiKey } from './api-key.ts';
import type { HandlerDeps } from './deps.ts';
import { requireDomain } from './require-domain.ts';

/**
 * Registers a website: domain, saga and `DomainRegistered` are one commit, and the agent is made in the background. The
 * API key is in this answer only. Throws `invalid_domain_name`, `domain_taken` (with `existing_domain`), and
 * `idempotency_key_reused`. Of several registrations of one name at the same moment, one succeeds.
 */
export const handleRegisterDomain =
  ({ clock, config, messaging, wake }: HandlerDeps): Handler<typeof registerDomain> =>
  async ({ domain_name, settings = {}, idempotency }) => {
    const domainName = normaliseDomainName(domain_name, { allowsLocal: config.allowsLocalNames });
    const answer = await messaging.once({ scope: 'admin', idempotency }, registerDomain.output, async (tx) => {
      const id = clock.newId();
      const websiteKey = websiteKeyOf(domainName);
      const { key, hash } = newApiKey(clock);
      if (!(await insertDomain(tx, { id, domainName, websiteKey, apiKeyHash: hash, settings }))) {
        const detail = `${domainName} is already registered`;
        throw new Failure('domain_taken', { detail, extensions: { existing_domain: domainName } });
      }
      await insertSaga(tx, id);
      await messaging.emit(tx, domainRegistered, {
        domainId: id,
        data: { domain_name: domainName, website_key: websiteKey },
      });
      return { domain: await requireDomain(tx, id), api_key: key };
    });
    wake();
    return answer;
  };
