import type { Handler } from '../../../shared/bus/port.ts';
import type { authenticateKey } from '../../../shared/contracts/provisioning.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import { readDomainByKeyHash } from '../store/domains.ts';
import { viewOf } from '../view.ts';
import type { HandlerDeps } from './deps.ts';

/** The domain that an API key opens, by the key's hash: the present key, or the one before in its grace period. Throws `credential_invalid`. */
export const handleAuthenticateKey =
  ({ clock, database }: HandlerDeps): Handler<typeof authenticateKey> =>
  async ({ api_key_hash }) => {
    const row = await database.run((client) => readDomainByKeyHash(client, api_key_hash, new Date(clock.now())));
    if (row === null) throw new Failure('credential_invalid');
    return { domain: viewOf(row) };
  };
