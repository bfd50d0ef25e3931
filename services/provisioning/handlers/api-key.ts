import { sha256Hex } from '../../../shared/crypto/hash.ts';
import type { Clock } from '../../../shared/runtime/clock.ts';

/** A new domain API key, 256 bits of chance, and the hash that is all we keep of it. */
export const newApiKey = (clock: Clock): { readonly key: string; readonly hash: string } => {
  const key = `pk_${clock.newSecret(32)}`;
  return { key, hash: sha256Hex(key) };
};
