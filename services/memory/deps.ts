import type { Database } from '../../shared/db/client.ts';
import type { Messaging } from '../../shared/outbox/messaging.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import type { Logger } from '../../shared/telemetry/logger.ts';
import type { Accounts } from './accounts.ts';
import type { MemoriClient } from './client.ts';
import type { MemorySettings } from './config.ts';
import type { RemoteMemory } from './remote-memory.ts';

/** What handlers of this service are made from. */
export interface Deps {
  readonly database: Database;
  readonly messaging: Messaging;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: MemorySettings;
  readonly client: MemoriClient;
  readonly accounts: Accounts;
  readonly remote: RemoteMemory;
}
