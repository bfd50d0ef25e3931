import type { Bus } from '../../shared/bus/port.ts';
import { documentIndexed, documentRemoved } from '../../shared/contracts/knowledge.ts';
import {
  agentFailed,
  agentRunning,
  domainRemoved,
  kbAttached,
  kbDetached,
} from '../../shared/contracts/provisioning.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import type { Running } from '../../shared/runtime/platform.ts';
import type { Logger } from '../../shared/telemetry/logger.ts';
import type { AgentAccessCache } from './agent-access.ts';
import type { SourceNames } from './source-names.ts';

interface WatchParts {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly access: AgentAccessCache;
  readonly sources: SourceNames;
}

const accessChanges: ReadonlySet<string> = new Set([agentRunning, kbAttached, kbDetached].map((event) => event.name));
const accessEnds: ReadonlySet<string> = new Set([agentFailed, domainRemoved].map((event) => event.name));
const sourceChanges: ReadonlySet<string> = new Set(
  [documentIndexed, documentRemoved, domainRemoved].map((event) => event.name),
);
const restMs = 1_000;
// Not all events: every ask makes two, and none of them matters here.
const watched = ['provisioning', 'knowledge'] as const;

/** Drops what this process remembers of a domain when an event says that it changed. */
export const watchDomains = (parts: WatchParts): Running => {
  const stopping = new AbortController();
  const loop = async (owner: (typeof watched)[number]): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await follow(parts, owner, stopping.signal);
      } catch (thrown) {
        parts.logger.warn({ err: thrown }, 'event watch interrupted');
      }
      // Events may have passed unseen: whatever is remembered must be asked for again.
      parts.access.refreshAll();
      parts.sources.dropAll();
      await parts.clock.sleep(restMs, stopping.signal);
    }
  };
  const running = Promise.all(watched.map(loop));
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
};

const follow = async (
  { bus, access, sources }: WatchParts,
  owner: (typeof watched)[number],
  signal: AbortSignal,
): Promise<void> => {
  for await (const { envelope } of bus.watch({ owner, signal })) {
    if (accessChanges.has(envelope.name)) access.refresh(envelope.domain_id);
    if (accessEnds.has(envelope.name)) access.forget(envelope.domain_id);
    if (sourceChanges.has(envelope.name)) sources.drop(envelope.domain_id);
  }
};
