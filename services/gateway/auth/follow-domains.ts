import type { Bus } from '../../../shared/bus/port.ts';
import {
  agentCreated,
  agentFailed,
  agentRunning,
  domainRemoved,
  domainUpdated,
} from '../../../shared/contracts/provisioning.ts';
import type { Clock } from '../../../shared/runtime/clock.ts';
import type { Logger } from '../../../shared/telemetry/logger.ts';
import type { Directory } from './directory.ts';

const changing = new Set(
  [domainUpdated, domainRemoved, agentCreated, agentRunning, agentFailed].map(({ name }) => name),
);
const retryMs = 1_000;

/** Drops a domain from the directory as soon as its owner tells of a change. Runs until the signal aborts. */
export const followDomains = async (
  parts: { readonly bus: Bus; readonly directory: Directory; readonly clock: Clock; readonly logger: Logger },
  signal: AbortSignal,
): Promise<void> => {
  const { bus, directory, clock, logger } = parts;
  while (!signal.aborted) {
    try {
      for await (const { envelope } of bus.watch({ owner: 'provisioning', signal })) {
        if (changing.has(envelope.name)) directory.forget(envelope.domain_id);
      }
    } catch (thrown) {
      logger.warn({ err: thrown }, 'domain changes not followed');
    }
    // Whatever changed between two watches was not heard of.
    directory.forget();
    await clock.sleep(retryMs, signal);
  }
};
