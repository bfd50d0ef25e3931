import { LRUCache } from 'lru-cache';
import type { Handler } from '../../../shared/bus/port.ts';
import type { validateMemoriKey } from '../../../shared/contracts/memory.ts';
import { sha256Hex } from '../../../shared/crypto/hash.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';

const keysMax = 1_000;
const validForMs = 600_000;

/**
 * Asks Memori whether a key is good; a good one is not asked for again for ten minutes. Throws `memori_key_invalid`; a
 * validator that does not answer properly makes the key `unverified`, so that its trouble locks nobody out.
 */
export const handleValidateMemoriKey = ({ client }: Pick<Deps, 'client'>): Handler<typeof validateMemoriKey> => {
  const valid = new LRUCache<string, true>({ max: keysMax, ttl: validForMs });
  return async ({ memori_api_key }) => {
    const hash = sha256Hex(memori_api_key);
    const status = valid.has(hash) ? 'valid' : await client.validateKey(memori_api_key);
    if (status === 'invalid') throw new Failure('memori_key_invalid');
    if (status === 'valid') valid.set(hash, true);
    return { status };
  };
};
