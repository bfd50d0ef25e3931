import { LRUCache } from 'lru-cache';
import type { Bus, CallContext } from '../../shared/bus/port.ts';
import { checkAgent, getAgentAccess } from '../../shared/contracts/provisioning.ts';
import { sha256Hex } from '../../shared/crypto/hash.ts';
import type { Code } from '../../shared/errors/codes.ts';
import { Failure, toFailure } from '../../shared/errors/failure.ts';
import type { Clock } from '../../shared/runtime/clock.ts';

/** Where a domain's agent is reached. The key lives in this process's memory only. */
export interface AgentAccess {
  readonly endpoint: string;
  readonly accessKey: string;
}

export interface AgentAccessCache {
  /**
   * Throws `agent_deploying` or `agent_failed`, which are not remembered, and `agent_unavailable` when provisioning does
   * not answer and nothing is known.
   */
  readonly get: (domainId: string, context: CallContext) => Promise<AgentAccess>;
  /** Asks for another key because the endpoint refused this one. Throws as `get`. */
  readonly renew: (domainId: string, refused: AgentAccess, context: CallContext) => Promise<AgentAccess>;
  /** The endpoint says that it is gone: has provisioning look at the agent soon. Waits for nothing and throws nothing. */
  readonly reportGone: (domainId: string, context: CallContext) => void;
  /** It may have changed: ask again. What was known serves on for as long as nobody answers. */
  readonly refresh: (domainId: string) => void;
  readonly refreshAll: () => void;
  /** The domain or its agent is gone. */
  readonly forget: (domainId: string) => void;
}

interface AccessOptions {
  /** How long an access is used without asking again. */
  readonly ttlMs: number;
  /** How long one serves on while provisioning does not answer. */
  readonly staleMs: number;
}

interface AccessParts {
  readonly bus: Bus;
  readonly clock: Pick<Clock, 'now'>;
}

const domainsMax = 5_000;
const askMs = 2_000;
// Provisioning has the cloud make another key first.
const renewMs = 10_000;
// So long an access that could not be asked for again is taken for good: not every question waits for one that is silent.
const restMs = 5_000;
// Provisioning away, silent or busy: it said nothing about the agent.
const outages: ReadonlySet<Code> = new Set(['service_unavailable', 'deadline_exceeded', 'overloaded', 'internal']);

/** An access, and whether provisioning gave it just now. */
interface Known {
  readonly access: AgentAccess;
  readonly isFresh: boolean;
}

/** Remembers accesses. Several askers at once share one question, also the one that renews a refused key. */
export const createAgentAccessCache = ({ bus, clock }: AccessParts, options: AccessOptions): AgentAccessCache => {
  const known = new LRUCache<string, Promise<Known>>({ max: domainsMax, ttl: options.ttlMs });
  const last = new LRUCache<string, AgentAccess>({ max: domainsMax, ttl: options.ttlMs + options.staleMs });

  const ask = async (domain_id: string, context: CallContext, refused?: AgentAccess): Promise<Known> => {
    const stale = refused === undefined ? {} : { stale_key_hash: sha256Hex(refused.accessKey) };
    const deadlineAt = Math.min(context.deadlineAt, clock.now() + (refused === undefined ? askMs : renewMs));
    try {
      const { endpoint, access_key } = await bus.ask(
        getAgentAccess,
        { domain_id, ...stale },
        { ...context, deadlineAt },
      );
      return { access: { endpoint, accessKey: access_key }, isFresh: true };
    } catch (thrown) {
      const failure = toFailure(thrown);
      if (!outages.has(failure.code)) throw failure;
      const before = refused === undefined ? last.peek(domain_id) : undefined;
      if (before === undefined) throw new Failure('agent_unavailable', { cause: failure });
      return { access: before, isFresh: false };
    }
  };
  const keep = async (domainId: string, asked: Promise<Known>): Promise<AgentAccess> => {
    known.set(domainId, asked);
    try {
      const { access, isFresh } = await asked;
      if (known.peek(domainId) !== asked) return access;
      if (isFresh) last.set(domainId, access);
      else known.set(domainId, asked, { ttl: restMs });
      return access;
    } catch (thrown) {
      if (known.peek(domainId) === asked) known.delete(domainId);
      throw thrown;
    }
  };
  const renew = async (domainId: string, refused: AgentAccess, context: CallContext): Promise<AgentAccess> => {
    const present = known.get(domainId);
    const other = await present?.then(({ access }) => access).catch(() => undefined);
    if (other !== undefined && other.accessKey !== refused.accessKey) return other;
    // Another asker was faster while we looked: their renewal is ours.
    if (known.get(domainId) !== present) return renew(domainId, refused, context);
    return keep(domainId, ask(domainId, context, refused));
  };
  return {
    get: async (domainId, context) => {
      const present = known.get(domainId);
      return present === undefined ? keep(domainId, ask(domainId, context)) : (await present).access;
    },
    renew,
    reportGone: (domain_id, context) => {
      // Provisioning looks now and then anyway: a report that is lost only takes longer.
      bus.ask(checkAgent, { domain_id }, { ...context, deadlineAt: clock.now() + askMs }).catch(() => undefined);
    },
    refresh: (domainId) => known.delete(domainId),
    refreshAll: () => known.clear(),
    forget: (domainId) => {
      known.delete(domainId);
      last.delete(domainId);
    },
  };
};
