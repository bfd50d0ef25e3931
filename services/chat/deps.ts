import type { Bus } from '../../shared/bus/port.ts';
import type { Database } from '../../shared/db/client.ts';
import type { Messaging } from '../../shared/outbox/messaging.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import type { Logger } from '../../shared/telemetry/logger.ts';
import type { AgentAccessCache } from './agent-access.ts';
import type { AgentClient } from './client.ts';
import type { ChatSettings } from './config.ts';
import type { SourceNames } from './source-names.ts';
import type { TurnSlots } from './turn-slots.ts';

/** What handlers of this service are made from. */
export interface Deps {
  readonly bus: Bus;
  readonly database: Database;
  readonly messaging: Messaging;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: ChatSettings;
  readonly agent: AgentClient;
  readonly access: AgentAccessCache;
  readonly sources: SourceNames;
  readonly slots: TurnSlots;
}
