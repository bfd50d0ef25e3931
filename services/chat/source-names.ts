import { LRUCache } from 'lru-cache';
import type { Bus, CallContext } from '../../shared/bus/port.ts';
import { resolveSources } from '../../shared/contracts/knowledge.ts';
import type { Logger } from '../../shared/telemetry/logger.ts';
import type { Source } from './evidence.ts';

export interface SourceNames {
  /** Our documents behind the stored names; a name that is nobody's, or that could not be asked for, is left out. */
  readonly resolve: (
    domainId: string,
    storedNames: readonly string[],
    context: CallContext,
  ) => Promise<ReadonlyMap<string, Source>>;
  readonly drop: (domainId: string) => void;
  readonly dropAll: () => void;
}

/** What is known of a name: whose it is, or that it is nobody's. */
interface Known {
  readonly source: Source | undefined;
}

const domainsMax = 1_000;
const namesPerDomainMax = 500;
const namesPerQuestionMax = 50;
const ttlMs = 600_000;

/** Remembers names per domain until one of its documents changes. An answer never fails over a name. */
export const createSourceNames = (bus: Bus, logger: Logger): SourceNames => {
  const domains = new LRUCache<string, LRUCache<string, Known>>({ max: domainsMax, ttl: ttlMs });
  const namesOf = (domainId: string): LRUCache<string, Known> => {
    const names = domains.get(domainId) ?? new LRUCache<string, Known>({ max: namesPerDomainMax });
    domains.set(domainId, names, { noUpdateTTL: true });
    return names;
  };
  return {
    resolve: async (domainId, storedNames, context) => {
      const names = namesOf(domainId);
      const unknown = [...new Set(storedNames)]
        .filter((name) => name !== '' && !names.has(name))
        .slice(0, namesPerQuestionMax);
      try {
        const found = await ask(bus, domainId, unknown, context);
        for (const name of unknown) names.set(name, { source: found.get(name) });
      } catch (thrown) {
        logger.warn({ err: thrown }, 'document names not resolved');
      }
      return new Map(
        storedNames.flatMap((name): [string, Source][] => {
          const source = names.get(name)?.source;
          return source === undefined ? [] : [[name, source]];
        }),
      );
    },
    drop: (domainId) => domains.delete(domainId),
    dropAll: () => domains.clear(),
  };
};

const ask = async (
  bus: Bus,
  domain_id: string,
  names: readonly string[],
  context: CallContext,
): Promise<ReadonlyMap<string, Source>> => {
  if (names.length === 0) return new Map();
  const stored_names = [...names];
  const { sources } = await bus.ask(resolveSources, { domain_id, stored_names }, context);
  return new Map(
    sources.map(({ stored_name, document_id, name, source_url }) => [
      stored_name,
      { documentId: document_id, name, url: source_url },
    ]),
  );
};
