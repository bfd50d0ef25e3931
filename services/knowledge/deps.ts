import type { BlobStore } from '../../shared/blobs/port.ts';
import type { Database } from '../../shared/db/client.ts';
import type { Messaging } from '../../shared/outbox/messaging.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import type { Logger } from '../../shared/telemetry/logger.ts';
import type { Cloud } from './client.ts';
import type { KnowledgeConfig } from './config.ts';
import type { CrawlPort } from './crawl/port.ts';
import type { Extractor } from './extract/extractor.ts';
import type { DomainSearch } from './search/domain-search.ts';
import type { BaseStore } from './store/base-store.ts';

/** What the rows are read and written with. */
export interface StoreDeps {
  readonly database: Database;
  readonly messaging: Messaging;
  readonly config: KnowledgeConfig;
  readonly clock: Clock;
}

/** What handlers and steps of this service are made from. */
export interface Deps extends StoreDeps {
  readonly store: BaseStore;
  readonly blobs: BlobStore;
  readonly cloud: Cloud;
  readonly extractor: Extractor;
  readonly crawl: CrawlPort;
  readonly search: DomainSearch;
  readonly logger: Logger;
  /** Looks for due work now, or after `afterMs`, rather than at the next poll. */
  readonly wakeBases: (afterMs?: number) => void;
  readonly wakeJobs: (afterMs?: number) => void;
}
