import { pino } from 'pino';
import { openJournal } from '../../../shared/bus/journal.ts';
import { createInProcessBus } from '../../../shared/bus/in-process.ts';
import type { Bus } from '../../../shared/bus/port.ts';
import { systemClock } from '../../../shared/runtime/clock.ts';
import type { Environment } from '../../../shared/runtime/config.ts';
import type { Platform } from '../../../shared/runtime/platform.ts';
import { refuseUnderPressure } from '../../../shared/runtime/pressed-bus.ts';
import { createPressure, type Pressure } from '../../../shared/runtime/pressure.ts';
import type { Readiness } from '../../../shared/runtime/readiness.ts';
import { startGateway } from '../service.ts';
import { createMemoryBlobs, type MemoryBlobs } from './memory-blobs.ts';

export interface TestGateway {
  readonly url: string;
  readonly port: number;
  readonly bus: Bus;
  readonly blobs: MemoryBlobs;
  /** Every log line so far, as written. */
  readonly log: readonly string[];
  readonly readiness: { state: Readiness };
  readonly pressure: Pressure;
  readonly stop: () => Promise<void>;
}

/** The real app on a free port, over the in-process bus; the test answers for the other services, in the same process. */
export const startTestGateway = async (environment: Environment = {}): Promise<TestGateway> => {
  const log: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(line) });
  const pressure = createPressure(systemClock);
  const wire = createInProcessBus({ clock: systemClock, logger, journal: await openJournal({ logger }) });
  const bus = refuseUnderPressure(wire, pressure);
  const blobs = createMemoryBlobs();
  const readiness: { state: Readiness } = {
    state: { ready: true, process: 'running', bus: 'ok', database: 'ok' },
  };
  const platform = {
    bus,
    blobs,
    logger,
    clock: systemClock,
    environment: { NODE_ENV: 'development', PORT: '0', WEB_ROOT: '/nowhere', ...environment },
    ready: async () => readiness.state,
    pressure,
    started: Promise.resolve(),
  } as unknown as Platform;
  const { running, port } = await startGateway(platform);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    bus,
    blobs,
    log,
    readiness,
    pressure,
    stop: async () => {
      await running.stop();
      await bus.drain(1_000);
    },
  };
};
