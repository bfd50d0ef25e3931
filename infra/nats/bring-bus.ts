import { bringTopology } from '../../shared/bus/bring-topology.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { processEnvironment, loadConfig } from '../../shared/runtime/config.ts';
import { platformSettings } from '../../shared/runtime/settings.ts';
import { createLogger } from '../../shared/telemetry/logger.ts';

/** Brings the streams of that NATS server to this release, as its user `topology` when it has users. */
export const bringBus = async (servers: string, seed: string | undefined): Promise<void> => {
  const { NATS_REPLICAS: replicas, LOG_LEVEL: level } = loadConfig(platformSettings, processEnvironment());
  const logger = createLogger({ name: 'topology', level });
  await bringTopology({ servers, seed, replicas, clock: systemClock, logger });
};
