import {
  ask,
  countSessions,
  getConversation,
  getSession,
  listSessions,
  openSession,
  recordFeedback,
} from '../../shared/contracts/chat.ts';
import { domainRemoved } from '../../shared/contracts/provisioning.ts';
import { createHttp } from '../../shared/http/client.ts';
import { createOutsideSystem } from '../../shared/http/outside-system.ts';
import { startMessaging } from '../../shared/outbox/messaging.ts';
import { loadConfig } from '../../shared/runtime/config.ts';
import type { Service } from '../../shared/runtime/platform.ts';
import { createAgentAccessCache } from './agent-access.ts';
import { createAgentClient } from './client.ts';
import { chatSettings } from './config.ts';
import type { Deps } from './deps.ts';
import { watchDomains } from './domain-watch.ts';
import { handleAsk } from './handlers/ask.ts';
import { handleCountSessions } from './handlers/count-sessions.ts';
import { handleGetConversation } from './handlers/get-conversation.ts';
import { handleGetSession } from './handlers/get-session.ts';
import { handleListSessions } from './handlers/list-sessions.ts';
import { handleDomainRemoved } from './handlers/on-domain-removed.ts';
import { handleOpenSession } from './handlers/open-session.ts';
import { handleRecordFeedback } from './handlers/record-feedback.ts';
import { createSourceNames } from './source-names.ts';
import { startSweepers } from './sweeper.ts';
import { createTurnSlots } from './turn-slots.ts';

/** Sessions and answers. Turns that run at `stop` are finished or aborted by the bus as it drains. */
export const chat: Service = {
  name: 'chat',
  start: async (platform) => {
    const { bus, database, clock, logger } = platform;
    const settings = loadConfig(chatSettings, platform.environment);
    const messaging = await startMessaging(platform, 'chat');
    const http = createHttp({
      unavailableCode: 'agent_unavailable',
      userAgent: 'parley',
      socketsMax: settings.ASK_CONCURRENCY_MAX,
      clock,
    });
    const agents = createOutsideSystem({
      name: 'agent',
      unavailableCode: 'agent_unavailable',
      callsMax: settings.ASK_CONCURRENCY_MAX,
      restMs: settings.OUTSIDE_REST_MS,
      clock,
    });
    const agent = createAgentClient({
      http,
      agents,
      firstTokenMs: settings.ASK_FIRST_TOKEN_TIMEOUT_MS,
      idleMs: settings.ASK_IDLE_TIMEOUT_MS,
    });
    const access = createAgentAccessCache(
      { bus, clock },
      { ttlMs: settings.AGENT_ACCESS_TTL_MS, staleMs: settings.AGENT_ACCESS_STALE_MS },
    );
    const sources = createSourceNames(bus, logger);
    const slots = createTurnSlots(
      { total: settings.ASK_CONCURRENCY_MAX, perDomain: settings.ASK_DOMAIN_CONCURRENCY_MAX },
      clock,
    );
    const deps: Deps = { bus, database, messaging, clock, logger, settings, agent, access, sources, slots };
    await bus.answer(openSession, handleOpenSession(deps));
    await bus.answer(getSession, handleGetSession(deps));
    await bus.answer(listSessions, handleListSessions(deps));
    await bus.answer(getConversation, handleGetConversation(deps));
    await bus.answer(recordFeedback, handleRecordFeedback(deps));
    await bus.answer(countSessions, handleCountSessions(deps));
    await bus.answerStream(ask, handleAsk(deps));
    await messaging.consume(domainRemoved, handleDomainRemoved);
    const parts = [watchDomains({ bus, clock, logger, access, sources }), startSweepers(deps), messaging];
    return {
      stop: async () => {
        await Promise.all(parts.map((part) => part.stop()));
        agents.close();
        http.close();
      },
    };
  },
};
