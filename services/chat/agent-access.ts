import { LRUCache } from 'lru-cache';
import type { Bus, CallContext } from '../../shared/bus/port.ts';
import { getAgentAccess } from '../../shared/contracts/provisioning.ts';
import { sha256Hex } from '../../shared/crypto/hash.ts';

/** Where a domain's agent is reached. The key lives in this process's memory only. */
export interface AgentAccess {
  readonly endpoint: string;
  readonly accessKey: string;
}

export interface AgentAccessCache {
  /** Throws `agent_deploying` or `agent_failed`, which are not remembered. */
  readonly get: (domainId: string, context: CallContext) => Promise<AgentAccess>;
  /** Asks for another key because the endpoint refused this one. */
  readonly renew: (domainId: string, refused: AgentAccess, context: CallContext) => Promise<AgentAccess>;
  readonly drop: (domainId: string) => void;
  readonly dropAll: () => void;
}

const domainsMax = 5_000;

/** Remembers accesses for `ttlMs`. Several askers at once share one question, also the one that renews a refused key. */
export const createAgentAccessCache = (bus: Bus, { ttlMs }: { readonly ttlMs: number }): AgentAccessCache => {
  const known = new LRUCache<string, Promise<AgentAccess>>({ max: domainsMax, ttl: ttlMs });
  const keep = (domainId: string, asked: Promise<AgentAccess>): Promise<AgentAccess> => {
    known.set(domainId, asked);
    asked.catch(() => {
      if (known.peek(domainId) === asked) known.delete(domainId);
    });
    return asked;
  };
  return {
    get: (domainId, context) => known.get(domainId) ?? keep(domainId, ask(bus, { domain_id: domainId }, context)),
    renew: async (domainId, refused, context) => {
      const present = known.get(domainId);
      if (present !== undefined && (await isOther(present, refused))) return present;
      const stale_key_hash = sha256Hex(refused.accessKey);
      return keep(domainId, ask(bus, { domain_id: domainId, stale_key_hash }, context));
    },
    drop: (domainId) => known.delete(domainId),
    dropAll: () => known.clear(),
  };
};

const ask = async (
  bus: Bus,
  input: { readonly domain_id: string; readonly stale_key_hash?: string },
  context: CallContext,
): Promise<AgentAccess> => {
  const { endpoint, access_key } = await bus.ask(getAgentAccess, input, context);
  return { endpoint, accessKey: access_key };
};

const isOther = async (present: Promise<AgentAccess>, refused: AgentAccess): Promise<boolean> =>
  present.then(
    ({ accessKey }) => accessKey !== refused.accessKey,
    () => false,
  );
