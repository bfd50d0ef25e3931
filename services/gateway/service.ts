import type { Platform, Running, Service } from '../../shared/runtime/platform.ts';
import { createApp } from './app.ts';
import { createDirectory } from './auth/directory.ts';
import { followDomains } from './auth/follow-domains.ts';
import { loadGatewayConfig } from './config.ts';
import type { Gateway } from './gateway.ts';
import { createAdmission } from './http/admission.ts';
import { listen } from './server.ts';
import { createOpenStreams } from './streaming/open-streams.ts';

/** HTTP for browsers and operators; it keeps nothing, and asks the others over the bus. */
export const gateway: Service = {
  name: 'gateway',
  start: async (platform) => {
    const { running } = await startGateway(platform);
    return running;
  },
};

/** As the service does, and tells the port, which a test leaves to the system. */
export const startGateway = async (platform: Platform): Promise<{ running: Running; port: number }> => {
  const { bus, blobs, clock, logger, ready, pressure } = platform;
  const config = loadGatewayConfig(platform.environment);
  const directory = createDirectory(bus, clock);
  const streams = createOpenStreams();
  const admission = createAdmission({ config, pressure, clock });
  const parts: Gateway = { config, bus, blobs, clock, logger, directory, streams, admission, ready };
  const server = await listen(createApp(parts), { config, streams, clock });
  const stopping = new AbortController();
  const following = followDomains({ bus, directory, clock, logger }, stopping.signal);
  logger.info({ host: config.host, port: server.port }, 'listening');
  return {
    port: server.port,
    running: {
      stop: async () => {
        await server.drain(config.drain);
        stopping.abort();
        await following;
      },
    },
  };
};
