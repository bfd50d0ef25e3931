import type { BlobStore } from '../../shared/blobs/port.ts';
import type { Bus } from '../../shared/bus/port.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import type { Readiness } from '../../shared/runtime/readiness.ts';
import type { Logger } from '../../shared/telemetry/logger.ts';
import type { Directory } from './auth/directory.ts';
import type { GatewayConfig } from './config.ts';
import type { Admission } from './http/admission.ts';
import type { OpenStreams } from './streaming/open-streams.ts';

/** What every route of the gateway works with. */
export interface Gateway {
  readonly config: GatewayConfig;
  readonly bus: Bus;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly directory: Directory;
  readonly streams: OpenStreams;
  readonly admission: Admission;
  readonly ready: () => Promise<Readiness>;
}
