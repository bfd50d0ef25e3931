import type { Logger } from 'pino';
import type { BlobStore } from '../blobs/port.ts';
import type { Bus } from '../bus/port.ts';
import type { Owner } from '../contracts/message.ts';
import type { SecretBox } from '../crypto/secret-box.ts';
import type { Database } from '../db/client.ts';
import type { Clock } from './clock.ts';
import type { Environment } from './config.ts';
import type { Pressure } from './pressure.ts';
import type { Readiness } from './readiness.ts';

/** What every service is given; a service adds its own store, client and config. */
export interface Platform {
  readonly bus: Bus;
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly secrets: SecretBox;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly ready: () => Promise<Readiness>;
  readonly pressure: Pressure;
  /** Resolves when every service of the process is wired: outgoing messages wait for it, so that nobody misses one. */
  readonly started: Promise<void>;
}

/** A part that can be stopped. `stop` takes no new work and lets what runs finish. */
export interface Running {
  readonly stop: () => Promise<void>;
}

/** What `service.ts` of every service exports: the same five times. */
export interface Service {
  readonly name: Owner;
  readonly start: (platform: Platform) => Promise<Running>;
}
