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

const domainsMax = 1_000;
const namesPerDomainMax = 500;
const namesPerQuestionMax = 50;
const ttlMs = 600_000;

/** Remembers names per domain until one of its documents changes. An answer never fails over a name. */
export const createSourceNames = (bus: Bus, logger: Logger): SourceNames => {
  const domains = new LRUCache<string, LRUCache<string, Source>>({ max: domainsMax, ttl: ttlMs });
  const namesOf = (domainId: string): LRUCache<string, Source> => {
    const names = domains.get(domainId) ?? new LRUCache<string, Source>({ max: namesPerDomainMax });
    domains.set(domainId, names, { noUpdateTTL: true });
    return names;
  };
  return {
    resolve: async (domainId, storedNames, context) => {
      const names = namesOf(domainId);
      const unknown = [...new Set(storedNames)].filter((name) => name !== '' && !names.has(name));
      try {
        for (const [name, source] of await ask(bus, domainId, unknown, context)) names.set(name, source);
      } catch (thrown) {
        logger.warn({ err: thrown }, 'document names not resolved');
      }
      return new Map(
        storedNames.flatMap((name): [string, Source][] => {
          const source = names.get(name);
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
): Promise<readonly [string, Source][]> => {
  if (names.length === 0) return [];
  const stored_names = names.slice(0, namesPerQuestionMax);
  const { sources } = await bus.ask(resolveSources, { domain_id, stored_names }, context);
  return sources.map(({ stored_name, document_id, name, source_url }) => [
    stored_name,
    { documentId: document_id, name, url: source_url },
  ]);
};
