import { Failure } from '../../shared/errors/failure.ts';
import { createControlPlane, unlessMissing, type Call } from '../../shared/gradient/control-plane.ts';
import { everyPage, perPage } from '../../shared/gradient/every-page.ts';
import { sharedFor } from '../../shared/work/shared-for.ts';
import type { Database } from '../../shared/db/client.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import * as schemas from './client/schemas.ts';
import type { ProvisioningConfig } from './config.ts';

export interface CloudAgent {
  readonly uuid: string;
  readonly status: string;
  readonly url: string | null;
  /** Attached bases; always empty in lists, which do not tell them. */
  readonly kbUuids: readonly string[];
}

export interface NamedAgent extends CloudAgent {
  readonly name: string;
  readonly tags: readonly string[];
}

export interface CloudKey {
  readonly uuid: string;
  readonly name: string;
}

export interface NewAgent {
  readonly name: string;
  readonly instruction: string;
  readonly modelUuid: string;
  readonly description: string;
  readonly tags: readonly string[];
}

/** Settings that the cloud takes only on an agent that exists. */
export interface AgentSettings {
  readonly temperature: number;
  readonly max_tokens: number;
  readonly k: number;
  readonly retrieval_method: string;
  readonly provide_citations: boolean;
}

const callsMax = 8;
/** How long one reading of the whole agent list serves all who look something up in it. */
const listSharedMs = 300;

/**
 * The part of the Gradient control plane that holds agents: what we write is strict, what we read is lenient. Deletions and
 * look-ups take a signal, creations do not.
 */
export const createGradient = (
  config: ProvisioningConfig,
  parts: { readonly clock: Clock; readonly database: Database },
) => {
  const { clock } = parts;
  const { call, close } = createControlPlane(config, { owner: 'provisioning', callsMax, ...parts });
  const listAgents = sharedFor(listSharedMs, clock, async (): Promise<readonly NamedAgent[]> => {
    const listed = await everyPage(
      (page) => call('GET', `/agents?page=${page}&per_page=${perPage}`, schemas.agentsPage, { urgency: 'normal' }),
      (page) => page.agents,
    );
    return [...listed].sort(byAge).flatMap(named);
  });

  return {
    ...agentCalls(config, call),
    ...keyCalls(call),
    ...attachmentCalls(call),
    /** Agents whose name `matches`, the oldest first, from all pages. */
    findAgents: async (matches: (name: string) => boolean): Promise<readonly NamedAgent[]> =>
      (await listAgents()).filter((agent) => matches(agent.name)),
    modelUuid: modelLookup(config, call),
    close,
  };
};
export type Gradient = ReturnType<typeof createGradient>;

const agentCalls = (config: ProvisioningConfig, call: Call) => ({
  createAgent: async ({ modelUuid, ...agent }: NewAgent): Promise<CloudAgent> => {
    const json = { ...agent, model_uuid: modelUuid, project_id: config.projectId, region: config.region };
    return asAgent((await call('POST', '/agents', schemas.agentAnswer, { json })).agent);
  },
  /** Null when the cloud does not know it. */
  getAgent: async (uuid: string, signal: AbortSignal): Promise<CloudAgent | null> =>
    unlessMissing(async () => asAgent((await call('GET', `/agents/${uuid}`, schemas.agentAnswer, { signal })).agent)),
  /** Null when the cloud does not know it. */
  configureAgent: async (uuid: string, settings: AgentSettings, signal: AbortSignal): Promise<CloudAgent | null> =>
    unlessMissing(async () => {
      const json = { uuid, ...settings };
      return asAgent((await call('PUT', `/agents/${uuid}`, schemas.agentAnswer, { json, signal })).agent);
    }),
  /** An agent that is gone already is a success. */
  deleteAgent: async (uuid: string, signal: AbortSignal): Promise<unknown> =>
    unlessMissing(() => call('DELETE', `/agents/${uuid}`, schemas.anyAnswer, { signal })),
});

const keyCalls = (call: Call) => ({
  createKey: async (agentUuid: string, name: string): Promise<{ readonly uuid: string; readonly secret: string }> => {
    const json = { agent_uuid: agentUuid, name };
    const answer = await call('POST', `/agents/${agentUuid}/api_keys`, schemas.newKeyAnswer, {
      json,
      urgency: 'urgent',
    });
    return { uuid: answer.api_key_info.uuid, secret: answer.api_key_info.secret_key };
  },
  /** All keys of the agent; null when the cloud does not know the agent. */
  listKeys: async (agentUuid: string, signal: AbortSignal): Promise<readonly CloudKey[] | null> => {
    const path = (page: number): string => `/agents/${agentUuid}/api_keys?page=${page}&per_page=${perPage}`;
    const keys = await unlessMissing(() =>
      everyPage(
        (page) => call('GET', path(page), schemas.keysPage, { signal, urgency: 'urgent' }),
        (page) => page.api_key_infos,
      ),
    );
    return keys?.flatMap(({ uuid, name }) => (typeof uuid === 'string' ? [{ uuid, name: name ?? '' }] : [])) ?? null;
  },
  /** A key that is gone already is a success. */
  deleteKey: async (agentUuid: string, keyUuid: string, signal: AbortSignal): Promise<unknown> =>
    unlessMissing(() => call('DELETE', `/agents/${agentUuid}/api_keys/${keyUuid}`, schemas.anyAnswer, { signal })),
});

const attachmentCalls = (call: Call) => ({
  attachBase: async (agentUuid: string, kbUuid: string, signal: AbortSignal): Promise<unknown> => {
    const json = { agent_uuid: agentUuid, knowledge_base_uuids: [kbUuid] };
    return call('POST', `/agents/${agentUuid}/knowledge_bases`, schemas.anyAnswer, { json, signal });
  },
  /** A base that is not attached, or gone with its agent, is a success. */
  detachBase: async (agentUuid: string, kbUuid: string, signal: AbortSignal): Promise<unknown> =>
    unlessMissing(() =>
      call('DELETE', `/agents/${agentUuid}/knowledge_bases/${kbUuid}`, schemas.anyAnswer, { signal }),
    ),
});

/** The id of the model that new agents get: the configured one, else the one of the configured name, else the first. */
const modelLookup = ({ modelUuid, modelName }: ProvisioningConfig, call: Call) => {
  let known = modelUuid;
  return async (): Promise<string> => {
    if (known !== undefined) return known;
    const models = await everyPage(
      (page) =>
        call('GET', `/models?usecases=MODEL_USECASE_AGENT&page=${page}&per_page=${perPage}`, schemas.modelsPage, {
          urgency: 'normal',
        }),
      (page) => page.models,
    );
    const wanted = modelName?.toLowerCase();
    const model = models.find(
      ({ id, name }) => wanted === undefined || id?.toLowerCase() === wanted || name?.toLowerCase() === wanted,
    );
    if (typeof model?.uuid !== 'string') {
      const detail = `The cloud offers no agent model${modelName === undefined ? '' : ` called ${modelName}`}`;
      throw new Failure('cloud_refused', { detail: `${detail}: check DIGITALOCEAN_MODEL or DIGITALOCEAN_AI_MODEL_ID` });
    }
    known = model.uuid;
    return known;
  };
};

const asAgent = ({ uuid, deployment, knowledge_bases: bases }: schemas.AgentAnswer): CloudAgent => ({
  uuid,
  status: deployment?.status ?? 'STATUS_UNKNOWN',
  // Zero values may be written out or left out.
  url: deployment?.url === undefined || deployment.url === '' ? null : deployment.url,
  kbUuids: bases.flatMap((base) => (typeof base.uuid === 'string' ? [base.uuid] : [])),
});

const named = ({ uuid, name, tags, deployment }: schemas.ListedAgent): readonly NamedAgent[] =>
  typeof uuid === 'string' && typeof name === 'string'
    ? [{ ...asAgent({ uuid, deployment, knowledge_bases: [] }), name, tags: tags ?? [] }]
    : [];

const byAge = (left: schemas.ListedAgent, right: schemas.ListedAgent): number =>
  (left.created_at ?? '~').localeCompare(right.created_at ?? '~');
