import { LRUCache } from 'lru-cache';
import type { SecretBox } from '../../shared/crypto/secret-box.ts';
import type { Database } from '../../shared/db/client.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import { findAccount, markAccount, upsertAccount } from './store/accounts.ts';
import { unparkDeliveries } from './store/deliveries.ts';

/** A domain's own Memori account. */
export interface Account {
  readonly apiKey: string;
  readonly salt: string;
  /** Its key was refused a while ago, or nobody could check it: the next success clears it. */
  readonly isDoubtful: boolean;
}

export interface Accounts {
  /** Undefined without an account, and for a while after its key was refused. */
  readonly usable: (domainId: string) => Promise<Account | undefined>;
  /** Keeps the key sealed; what waited for a better key goes out with it. */
  readonly connect: (domainId: string, apiKey: string) => Promise<void>;
  readonly markValid: (domainId: string) => Promise<void>;
  readonly markInvalid: (domainId: string) => Promise<void>;
  readonly drop: (domainId: string) => void;
}

interface AccountParts {
  readonly database: Database;
  readonly secrets: SecretBox;
  readonly clock: Clock;
}

const domainsMax = 5_000;
const ttlMs = 60_000;
const refusedRestMs = 15 * 60_000;
const saltBytes = 32;
const placeOf = (domainId: string): string => `memory_accounts:sealed_key:${domainId}`;

/** Remembers for a minute who has an account, since every recall asks; another replica's change is seen that late. */
export const createAccounts = ({ database, secrets, clock }: AccountParts): Accounts => {
  const known = new LRUCache<string, { readonly account: Account | undefined }>({ max: domainsMax, ttl: ttlMs });
  const mark = async (domainId: string, status: 'valid' | 'invalid'): Promise<void> => {
    known.delete(domainId);
    await database.run((client) => markAccount(client, domainId, status));
    if (status === 'valid') await database.run((client) => unparkDeliveries(client, domainId));
  };
  const read = async (domainId: string): Promise<Account | undefined> => {
    const row = await database.run((client) => findAccount(client, domainId));
    if (row === undefined) return undefined;
    if (row.status === 'invalid' && clock.now() - row.updatedAt.getTime() < refusedRestMs) return undefined;
    const apiKey = secrets.open(row.sealedKey, placeOf(domainId));
    return { apiKey, salt: row.salt, isDoubtful: row.status !== 'valid' };
  };
  return {
    usable: async (domainId) => {
      const cached = known.get(domainId);
      if (cached !== undefined) return cached.account;
      const account = await read(domainId);
      known.set(domainId, { account });
      return account;
    },
    connect: async (domainId, apiKey) => {
      const sealedKey = secrets.seal(apiKey, placeOf(domainId));
      await database.transaction(async (tx) => {
        await upsertAccount(tx, { domainId, sealedKey, newSalt: clock.newSecret(saltBytes) });
        await unparkDeliveries(tx, domainId);
      });
      known.delete(domainId);
    },
    markValid: (domainId) => mark(domainId, 'valid'),
    markInvalid: (domainId) => mark(domainId, 'invalid'),
    drop: (domainId) => known.delete(domainId),
  };
};
