import { listJobItems, listJobs, retryJob } from '../../shared/contracts/knowledge-jobs.ts';
import * as snapshots from '../../shared/contracts/knowledge-snapshots.ts';
import * as sourceContracts from '../../shared/contracts/knowledge-sources.ts';
import * as contracts from '../../shared/contracts/knowledge.ts';
import {
  domainRegistered,
  domainRemoved,
  kbAttached,
  kbDetached,
  kbRefused,
} from '../../shared/contracts/provisioning.ts';
import { installationTagOf } from '../../shared/gradient/installation.ts';
import { startMessaging, type Messaging } from '../../shared/outbox/messaging.ts';
import type { Platform, Service } from '../../shared/runtime/platform.ts';
import { withOrigin } from '../../shared/telemetry/origin.ts';
import { createWorker, type Worker } from '../../shared/work/worker.ts';
import { startBaseWorker } from './base-worker.ts';
import { createCloud } from './client.ts';
import { loadKnowledgeConfig } from './config.ts';
import { createCrawl } from './crawl/crawl.ts';
import type { Deps } from './deps.ts';
import { createExtractor } from './extract/extractor.ts';
import { handleAddSource } from './handlers/add-source.ts';
import {
  handleAnswerSource,
  handleRemoveSource,
  handleRunSource,
  handleUpdateSource,
} from './handlers/change-source.ts';
import { handleGetRun, handleGetSource, handleListRuns, handleListSources } from './handlers/read-sources.ts';
import { handleIngestDocument } from './handlers/ingest-document.ts';
import { handleCancelJob } from './handlers/cancel-job.ts';
import { handleGetDocument } from './handlers/get-document.ts';
import { handleGetJob } from './handlers/get-job.ts';
import { handleDeleteOrphan, handleListOrphans } from './handlers/orphans.ts';
import { handleListDocuments } from './handlers/list-documents.ts';
import { handleListJobItems, handleListJobs } from './handlers/list-jobs.ts';
import { handleReadDocument } from './handlers/read-document.ts';
import { handleReindexDocument } from './handlers/reindex-document.ts';
import { handleRemoveDocument } from './handlers/remove-document.ts';
import { handleRetryJob } from './handlers/retry-job.ts';
import { handleResolveSources } from './handlers/resolve-sources.ts';
import { handleListKnowledgeBases } from './handlers/list-knowledge-bases.ts';
import { onDomainRemoved } from './handlers/on-domain-removed.ts';
import { onKbAttached } from './handlers/on-kb-attached.ts';
import { onKbDetached } from './handlers/on-kb-detached.ts';
import { onKbRefused } from './handlers/on-kb-refused.ts';
import { onDomainRegistered } from './handlers/on-domain-registered.ts';
import { handleRollBack } from './handlers/roll-back.ts';
import {
  handleGetSnapshot,
  handleListSnapshots,
  handleRemoveSnapshot,
  handleTakeSnapshot,
} from './handlers/snapshots.ts';
import { handleSearchPassages } from './handlers/search-passages.ts';
import { handleStartCrawl } from './handlers/start-crawl.ts';
import { startJanitor } from './janitor.ts';
import { createDomainSearch } from './search/domain-search.ts';
import { createSearcher } from './search/searcher.ts';
import { startSourceWorker } from './source-worker.ts';
import { advanceJob } from './steps/advance-job.ts';
import { startSweepers } from './sweepers.ts';
import { createBaseStore } from './store/base-store.ts';
import { claimJobs, jobLeaseMs } from './store/jobs.ts';

const pollMs = 1_000;
const searchTaskMs = 30_000;
const searchIdleMs = 900_000;
const pageReadMs = 10_000;

/** Owns documents, knowledge bases and the way into the cloud. */
export const knowledge: Service = {
  name: 'knowledge',
  start: async (platform) => {
    const messaging = await startMessaging(platform, 'knowledge');
    const deps = createDeps(platform, messaging);
    const bases = startBaseWorker(deps);
    const jobs = [startJobWorker(deps, 'crawl'), startJobWorker(deps, 'remove')];
    const sources = startSourceWorker(deps);
    const sweepers = startSweepers(deps);
    const janitor = startJanitor(deps);
    deps.onWake(bases, jobs);
    await answerQueries(platform, deps);
    await messaging.consume(domainRegistered, onDomainRegistered(deps));
    await messaging.consume(kbAttached, onKbAttached(deps));
    await messaging.consume(kbRefused, onKbRefused(deps));
    await messaging.consume(kbDetached, onKbDetached(deps));
    await messaging.consume(domainRemoved, onDomainRemoved(deps));
    return {
      stop: async () => {
        await Promise.all([bases, ...jobs, sources, sweepers, janitor].map((worker) => worker.stop()));
        await Promise.all([messaging.stop(), deps.searcher.stop()]);
        deps.cloud.close();
      },
    };
  },
};

const createDeps = (platform: Platform, messaging: Messaging) => {
  const config = loadKnowledgeConfig(platform.environment);
  const workers: { bases?: Worker; jobs?: readonly Worker[] } = {};
  const extractor = createExtractor({ timeoutMs: config.extractTimeoutMs });
  const searcher = createSearcher({ chunksMax: config.searchChunksMax, taskMs: searchTaskMs, idleMs: searchIdleMs });
  const { database, clock } = platform;
  return {
    store: createBaseStore({ database, messaging, config, clock }),
    searcher,
    search: createDomainSearch({
      database: platform.database,
      searcher,
      chunksMax: Math.ceil(config.searchChunksMax / 2),
    }),
    database: platform.database,
    messaging,
    blobs: platform.blobs,
    cloud: createCloud(config, platform, installationTagOf(platform.database)),
    extractor,
    crawl: createCrawl({
      allowHosts: config.crawlAllowHosts,
      clock: platform.clock,
      // Of its own: strange websites keep no upload waiting.
      extractor: createExtractor({ timeoutMs: Math.min(config.extractTimeoutMs, pageReadMs), heapMb: 256 }),
      delayMs: config.crawlDelayMs,
    }),
    config,
    clock: platform.clock,
    logger: platform.logger,
    wakeBases: (afterMs?: number) => workers.bases?.wake(afterMs),
    wakeJobs: (afterMs?: number) => workers.jobs?.forEach((jobs) => jobs.wake(afterMs)),
    onWake: (bases: Worker, jobs: readonly Worker[]) => {
      workers.bases = bases;
      workers.jobs = jobs;
    },
  };
};

/** Crawls take minutes: nobody's removal waits for one. */
const startJobWorker = (deps: Deps, kind: 'crawl' | 'remove'): Worker =>
  createWorker({
    name: `knowledge ${kind} jobs`,
    clock: deps.clock,
    logger: deps.logger,
    pollMs,
    concurrency: 3,
    claim: (limit) =>
      deps.database.run((client) => claimJobs(client, { kind, owner: deps.clock.newId(), leaseMs: jobLeaseMs, limit })),
    run: (job, signal) => withOrigin(job, () => advanceJob(deps, job, signal)),
  });

const answerQueries = async ({ bus }: Platform, deps: Deps): Promise<void> => {
  await bus.answer(contracts.ingestDocument, handleIngestDocument(deps));
  await bus.answer(contracts.startCrawl, handleStartCrawl(deps));
  await bus.answer(contracts.listDocuments, handleListDocuments(deps));
  await bus.answer(contracts.getDocument, handleGetDocument(deps));
  await bus.answer(contracts.readDocument, handleReadDocument(deps));
  await bus.answer(contracts.removeDocument, handleRemoveDocument(deps));
  await bus.answer(contracts.reindexDocument, handleReindexDocument(deps));
  await bus.answer(contracts.resolveSources, handleResolveSources(deps));
  await bus.answer(contracts.searchPassages, handleSearchPassages(deps));
  await bus.answer(contracts.getJob, handleGetJob(deps));
  await bus.answer(listJobs, handleListJobs(deps));
  await bus.answer(listJobItems, handleListJobItems(deps));
  await bus.answer(retryJob, handleRetryJob(deps));
  await bus.answer(contracts.cancelJob, handleCancelJob(deps));
  await bus.answer(snapshots.takeSnapshot, handleTakeSnapshot(deps));
  await bus.answer(snapshots.listSnapshots, handleListSnapshots(deps));
  await bus.answer(snapshots.getSnapshot, handleGetSnapshot(deps));
  await bus.answer(snapshots.removeSnapshot, handleRemoveSnapshot(deps));
  await bus.answer(snapshots.rollBack, handleRollBack(deps));
  await bus.answer(sourceContracts.addSource, handleAddSource(deps));
  await bus.answer(sourceContracts.listSources, handleListSources(deps));
  await bus.answer(sourceContracts.getSource, handleGetSource(deps));
  await bus.answer(sourceContracts.updateSource, handleUpdateSource(deps));
  await bus.answer(sourceContracts.runSource, handleRunSource(deps));
  await bus.answer(sourceContracts.answerSource, handleAnswerSource(deps));
  await bus.answer(sourceContracts.removeSource, handleRemoveSource(deps));
  await bus.answer(sourceContracts.listRuns, handleListRuns(deps));
  await bus.answer(sourceContracts.getRun, handleGetRun(deps));
  await bus.answer(contracts.listOrphans, handleListOrphans(deps));
  await bus.answer(contracts.deleteOrphan, handleDeleteOrphan(deps));
  await bus.answer(contracts.listKnowledgeBases, handleListKnowledgeBases(deps));
};
