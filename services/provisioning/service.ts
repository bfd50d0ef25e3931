import { kbIndexed, kbRetired } from '../../shared/contracts/knowledge.ts';
import * as contracts from '../../shared/contracts/provisioning.ts';
import type { Bus } from '../../shared/bus/port.ts';
import { installationTagOf } from '../../shared/gradient/installation.ts';
import { startMessaging } from '../../shared/outbox/messaging.ts';
import type { Service } from '../../shared/runtime/platform.ts';
import { startAdvancing } from './advance.ts';
import { startAttaching } from './attach.ts';
import { createGradient } from './client.ts';
import { loadProvisioningConfig } from './config.ts';
import { handleAuthenticateKey } from './handlers/authenticate-key.ts';
import { handleCheckAgent } from './handlers/check-agent.ts';
import { handleCountDomains } from './handlers/count-domains.ts';
import type { HandlerDeps } from './handlers/deps.ts';
import { handleGetAgentAccess } from './handlers/get-agent-access.ts';
import { handleGetDomain } from './handlers/get-domain.ts';
import { handleListAgents } from './handlers/list-agents.ts';
import { handleListDomains } from './handlers/list-domains.ts';
import { onKbIndexed } from './handlers/on-kb-indexed.ts';
import { onKbRetired } from './handlers/on-kb-retired.ts';
import { handleDeleteOrphan, handleListOrphans } from './handlers/orphans.ts';
import { handleRegisterDomain } from './handlers/register-domain.ts';
import { handleRemoveDomain } from './handlers/remove-domain.ts';
import { handleRetryDomain } from './handlers/retry-domain.ts';
import { handleRotateApiKey } from './handlers/rotate-api-key.ts';
import { handleUpdateDomain } from './handlers/update-domain.ts';
import { startJanitor } from './janitor.ts';
import { createSagaStore } from './store/saga-store.ts';

/** Domains, their agents in the cloud and the keys to both. */
export const provisioning: Service = {
  name: 'provisioning',
  start: async (platform) => {
    const config = loadProvisioningConfig(platform.environment);
    const gradient = createGradient(config, platform);
    const messaging = await startMessaging(platform, 'provisioning');
    const installationTag = installationTagOf(platform.database);
    const attaching = startAttaching({ ...platform, config, gradient, messaging });
    const store = createSagaStore(platform.database, messaging);
    const advancing = startAdvancing({ ...platform, config, gradient, installationTag, store }, attaching.wake);
    const janitor = startJanitor({ ...platform, config, gradient, installationTag });
    const wake = (): void => {
      advancing.wake();
      attaching.wake();
    };
    const deps = { ...platform, config, messaging, wake };
    await answerQueries(platform.bus, deps);
    await platform.bus.answer(contracts.checkAgent, handleCheckAgent(deps));
    await platform.bus.answer(contracts.listOrphans, handleListOrphans(deps));
    await platform.bus.answer(contracts.deleteOrphan, handleDeleteOrphan({ ...deps, gradient, installationTag }));
    await messaging.consume(kbIndexed, onKbIndexed(deps));
    await messaging.consume(kbRetired, onKbRetired(deps));
    // A wake-up has no effect to record: the rows say what is due.
    await messaging.consumeOnceByKey(contracts.advanceDomain, async () => wake());
    return {
      stop: async () => {
        await Promise.all([advancing.stop(), attaching.stop(), janitor.stop()]);
        await messaging.stop();
        gradient.close();
      },
    };
  },
};

const answerQueries = async (bus: Bus, deps: HandlerDeps): Promise<void> => {
  await bus.answer(contracts.registerDomain, handleRegisterDomain(deps));
  await bus.answer(contracts.getDomain, handleGetDomain(deps));
  await bus.answer(contracts.listDomains, handleListDomains(deps));
  await bus.answer(contracts.updateDomain, handleUpdateDomain(deps));
  await bus.answer(contracts.removeDomain, handleRemoveDomain(deps));
  await bus.answer(contracts.retryDomain, handleRetryDomain(deps));
  await bus.answer(contracts.rotateApiKey, handleRotateApiKey(deps));
  await bus.answer(contracts.authenticateKey, handleAuthenticateKey(deps));
  await bus.answer(contracts.listAgents, handleListAgents(deps));
  await bus.answer(contracts.getAgentAccess, handleGetAgentAccess(deps));
  await bus.answer(contracts.countDomains, handleCountDomains(deps));
};
