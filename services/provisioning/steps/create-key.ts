import { upstreamStatusOf } from '../../../shared/http/status.ts';
import { accessKeyName } from '../domain.ts';
import { accessKeyPlace } from '../store/agents.ts';
import type { ClaimedSaga } from '../store/sagas.ts';
import { createOnce } from './create-once.ts';
import { requireLease } from './lease.ts';
import { afterMissing } from './setbacks.ts';
import type { Outcome, Step, StepDeps } from './step.ts';

/** The agent's one access key, sealed before it is stored. Keys nobody has the secret of are deleted first. */
export const createKey =
  (deps: StepDeps): Step =>
  async (saga, signal) => {
    const { gradient } = deps;
    const { agentUuid, keyUuid } = saga;
    if (agentUuid === null) return { signal: 'agent_lost' };
    if (saga.hasKey) return { signal: 'key_made' };
    if (keyUuid !== null) await gradient.deleteKey(agentUuid, keyUuid, signal);
    try {
      return await createOnce(deps)(saga, {
        lookUp: async () => {
          const keys = await gradient.listKeys(agentUuid, signal);
          const orphans = (keys ?? []).filter(({ name }) => name === accessKeyName);
          if (orphans.length > 0) await requireLease(deps, saga);
          for (const { uuid } of orphans) await gradient.deleteKey(agentUuid, uuid, signal);
          return undefined;
        },
        create: async () => {
          const key = await gradient.createKey(agentUuid, accessKeyName);
          return { uuid: key.uuid, sealed: deps.secrets.seal(key.secret, accessKeyPlace(saga.domainId)) };
        },
        made: keyMade(saga),
      });
    } catch (thrown) {
      if (upstreamStatusOf(thrown) === 404) return afterMissing(deps)(saga, signal);
      throw thrown;
    }
  };

const keyMade =
  (saga: ClaimedSaga) =>
  (key: { readonly uuid: string; readonly sealed: string }): Outcome => ({
    signal: 'key_made',
    changes: { clearsIntent: true },
    effects: (writes) => writes.saveAccessKey(saga.domainId, key),
  });
