import type { Messaging } from '../../../shared/outbox/messaging.ts';
import type { Platform } from '../../../shared/runtime/platform.ts';
import type { ProvisioningConfig } from '../config.ts';

/** What the handlers of this service work with. */
export interface HandlerDeps extends Pick<Platform, 'clock' | 'database' | 'logger' | 'secrets'> {
  readonly config: ProvisioningConfig;
  readonly messaging: Messaging;
  /** Lets the workers of this process look at once; those of other replicas look at their next poll. */
  readonly wake: () => void;
}
