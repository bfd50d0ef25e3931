import { LRUCache } from 'lru-cache';
import type { Bus, CallContext } from '../../../shared/bus/port.ts';
import { authenticateKey, getDomain, type DomainView } from '../../../shared/contracts/provisioning.ts';
import { sha256Hex } from '../../../shared/crypto/hash.ts';
import type { Clock } from '../../../shared/runtime/clock.ts';

/** Domains as provisioning knows them, remembered for a short time. */
export interface Directory {
  /** Throws `domain_unknown`. */
  byId(domainId: string, call: CallContext): Promise<DomainView>;
  /** Throws `credential_invalid`. */
  byKey(apiKey: string, call: CallContext): Promise<DomainView>;
  /** Drops what is remembered of one domain, or of all. */
  forget(domainId?: string): void;
}

const entriesMax = 10_000;
const rememberedMs = { domain: 10_000, key: 30_000 };

/** A look-up that is under way or done; `domainId` is known when it is done. */
interface Lookup {
  readonly asked: Promise<DomainView>;
  domainId: string | undefined;
}

/**
 * Answers are kept as promises, so that a burst for one domain asks once; a failed look-up is not kept. Keys are kept
 * under their hash. What changes at the owner is dropped by `followDomains`; the times above bound what that misses.
 */
export const createDirectory = (bus: Bus, clock: Clock): Directory => {
  const perf = { now: () => clock.now() };
  const domains = new LRUCache<string, Lookup>({ max: entriesMax, ttl: rememberedMs.domain, perf });
  const keys = new LRUCache<string, Lookup>({ max: entriesMax, ttl: rememberedMs.key, perf });
  return {
    byId: (domainId, call) =>
      remember(domains, domainId, async () => (await bus.ask(getDomain, { domain_id: domainId }, call)).domain),
    byKey: (apiKey, call) => {
      const api_key_hash = sha256Hex(apiKey);
      return remember(keys, api_key_hash, async () => (await bus.ask(authenticateKey, { api_key_hash }, call)).domain);
    },
    forget: (domainId) => {
      for (const cache of [domains, keys]) {
        for (const [name, lookup] of cache.entries()) {
          // A look-up that is still under way may carry the old answer, whosever it is.
          const isAffected = domainId === undefined || lookup.domainId === undefined || lookup.domainId === domainId;
          if (isAffected) cache.delete(name);
        }
      }
    },
  };
};

const remember = (
  cache: LRUCache<string, Lookup>,
  name: string,
  ask: () => Promise<DomainView>,
): Promise<DomainView> => {
  const known = cache.get(name);
  if (known !== undefined) return known.asked;
  const lookup: Lookup = { asked: ask(), domainId: undefined };
  cache.set(name, lookup);
  lookup.asked.then(
    (domain) => (lookup.domainId = domain.domain_id),
    () => {
      if (cache.peek(name) === lookup) cache.delete(name);
    },
  );
  return lookup.asked;
};
