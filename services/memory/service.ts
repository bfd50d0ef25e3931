import { questionAnswered } from '../../shared/contracts/chat.ts';
import {
  connectMemori,
  correctFact,
  forgetUser,
  listMemories,
  memoryHealth,
  recall,
  validateMemoriKey,
} from '../../shared/contracts/memory.ts';
import { domainRemoved } from '../../shared/contracts/provisioning.ts';
import { createHttp } from '../../shared/http/client.ts';
import { createOutsideSystem } from '../../shared/http/outside-system.ts';
import { startMessaging } from '../../shared/outbox/messaging.ts';
import { loadConfig } from '../../shared/runtime/config.ts';
import type { Service } from '../../shared/runtime/platform.ts';
import { createAccounts } from './accounts.ts';
import { createMemoriClient } from './client.ts';
import { memorySettings } from './config.ts';
import { startDeliveryWorker } from './delivery-worker.ts';
import type { Deps } from './deps.ts';
import { handleConnectMemori } from './handlers/connect-memori.ts';
import { handleCorrectFact } from './handlers/correct-fact.ts';
import { handleForgetUser } from './handlers/forget-user.ts';
import { handleListMemories } from './handlers/list-memories.ts';
import { handleMemoryHealth } from './handlers/memory-health.ts';
import { handleDomainRemoved } from './handlers/on-domain-removed.ts';
import { handleQuestionAnswered } from './handlers/on-question-answered.ts';
import { handleRecall } from './handlers/recall.ts';
import { handleValidateMemoriKey } from './handlers/validate-memori-key.ts';
import { createRemoteMemory } from './remote-memory.ts';
import { startSweeper } from './sweeper.ts';

const callsMax = 16;

/** What visitors said, found again: our own store always, and Memori beside it for domains that brought a key. */
export const memory: Service = {
  name: 'memory',
  start: async (platform) => {
    const { bus, database, secrets, clock, logger } = platform;
    const settings = loadConfig(memorySettings, platform.environment);
    const messaging = await startMessaging(platform, 'memory');
    const unavailableCode = 'memory_unavailable';
    const http = createHttp({ unavailableCode, userAgent: 'parley', socketsMax: callsMax, clock });
    const memori = createOutsideSystem({
      name: 'memori',
      unavailableCode,
      callsMax,
      restMs: settings.OUTSIDE_REST_MS,
      clock,
    });
    const client = createMemoriClient({
      http,
      memori,
      baseUrl: settings.MEMORI_BASE_URL,
      validateUrl: settings.MEMORI_VALIDATE_URL,
      sendTimeoutMs: settings.MEMORI_SEND_TIMEOUT_MS,
      validateTimeoutMs: settings.MEMORI_VALIDATE_TIMEOUT_MS,
    });
    const accounts = createAccounts({ database, secrets, clock });
    const remote = createRemoteMemory({ client, memori, accounts, logger });
    const deps: Deps = { database, messaging, clock, logger, settings, client, accounts, remote };
    await bus.answer(recall, handleRecall(deps));
    await bus.answer(listMemories, handleListMemories(deps));
    await bus.answer(correctFact, handleCorrectFact(deps));
    await bus.answer(forgetUser, handleForgetUser(deps));
    await bus.answer(memoryHealth, handleMemoryHealth(deps));
    await bus.answer(validateMemoriKey, handleValidateMemoriKey(deps));
    await bus.answer(connectMemori, handleConnectMemori(deps));
    await messaging.consumeOnceByKey(questionAnswered, handleQuestionAnswered(deps));
    await messaging.consume(domainRemoved, handleDomainRemoved);
    const deliveries = startDeliveryWorker({
      ...deps,
      pollMs: settings.MEMORI_POLL_MS,
      sendTimeoutMs: settings.MEMORI_SEND_TIMEOUT_MS,
    });
    const parts = [deliveries, startSweeper(deps), messaging];
    return {
      stop: async () => {
        await Promise.all(parts.map((part) => part.stop()));
        memori.close();
        http.close();
      },
    };
  },
};
