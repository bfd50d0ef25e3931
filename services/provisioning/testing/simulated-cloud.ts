import { Failure } from '../../../shared/errors/failure.ts';
import { callRemote, type Loss } from '../../../shared/testing/remote-call.ts';
import type { SimulatedProcess, Simulation } from '../../../shared/testing/simulation.ts';
import type { CloudAgent, Gradient, NamedAgent, NewAgent } from '../client.ts';

interface SimulatedKey {
  readonly uuid: string;
  readonly name: string;
  deletedAt: number | undefined;
}

interface SimulatedAgent {
  readonly uuid: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly keys: SimulatedKey[];
  status: string;
  deletedAt: number | undefined;
  /** Reads do not show it before: what was written is not known everywhere at once. */
  readonly visibleAt: number;
}

export interface CloudTimes {
  readonly timeoutMs: number;
  /** A request that was held up may take effect this late. */
  readonly latestMs: number;
  /** Lists and reads may show the state of this long ago. */
  readonly lagMs: number;
  readonly deployMs: number;
}

interface Cloud {
  readonly world: Simulation;
  readonly times: CloudTimes;
  readonly agents: SimulatedAgent[];
  /** The most there ever were at one moment: agents of one name, live keys of one agent. */
  readonly most: { agents: number; keys: number };
}

/** The control plane with every fault the saga must bear; what it holds is the truth that tests judge by. */
export const createSimulatedCloud = (world: Simulation, times: CloudTimes) => {
  const cloud: Cloud = { world, times, agents: [], most: { agents: 0, keys: 0 } };
  return {
    agents: cloud.agents,
    most: cloud.most,
    liveAgents: () => cloud.agents.filter(isAlive),
    liveKeys: (agent: SimulatedAgent) => agent.keys.filter(isAlive),
    /** The cloud as one process sees it. */
    for: (process: SimulatedProcess): Gradient => {
      const call = <T>(effect: () => T): Promise<T> =>
        callRemote(world, process, { ...times, effect, oneIn: 3, failureOf });
      return {
        ...agentCalls(cloud, call),
        ...keyCalls(cloud, call),
        attachBase: () => call(() => undefined),
        detachBase: () => call(() => undefined),
        modelUuid: async () => 'model',
        close: () => undefined,
      };
    },
  };
};

type Caller = <T>(effect: () => T) => Promise<T>;

const agentCalls = (cloud: Cloud, call: Caller) => {
  const get = (uuid: string): Promise<CloudAgent | null> =>
    call(() => {
      const agent = seen(cloud).find((one) => one.uuid === uuid);
      return agent === undefined ? null : viewOf(agent);
    });
  return {
    createAgent: (agent: NewAgent) => call(() => viewOf(makeAgent(cloud, agent))),
    getAgent: get,
    configureAgent: get,
    deleteAgent: (uuid: string) => call(() => remove(cloud, known(cloud, uuid))),
    findAgents: (matches: (name: string) => boolean): Promise<readonly NamedAgent[]> =>
      call(() =>
        seen(cloud)
          .filter(({ name }) => matches(name))
          .map((agent) => ({ ...viewOf(agent), name: agent.name, tags: agent.tags })),
      ),
  };
};

const keyCalls = (cloud: Cloud, call: Caller) => ({
  createKey: (agentUuid: string, name: string) =>
    call(() => {
      const agent = known(cloud, agentUuid);
      if (agent === undefined || !isAlive(agent)) throw missing();
      const key = { uuid: cloud.world.newId(), name, deletedAt: undefined };
      agent.keys.push(key);
      cloud.most.keys = Math.max(cloud.most.keys, agent.keys.filter(isAlive).length);
      return { uuid: key.uuid, secret: `secret of ${key.uuid}` };
    }),
  listKeys: (agentUuid: string) =>
    call(() => {
      const agent = known(cloud, agentUuid);
      return agent === undefined || !isAlive(agent) ? null : agent.keys.filter(isAlive);
    }),
  deleteKey: (agentUuid: string, keyUuid: string) =>
    call(() =>
      remove(
        cloud,
        known(cloud, agentUuid)?.keys.find(({ uuid }) => uuid === keyUuid),
      ),
    ),
});

const makeAgent = (cloud: Cloud, { name, tags }: NewAgent): SimulatedAgent => {
  const { world, times, agents, most } = cloud;
  const agent: SimulatedAgent = {
    uuid: world.newId(),
    name,
    tags,
    keys: [],
    status: 'STATUS_DEPLOYING',
    deletedAt: undefined,
    visibleAt: world.now() + lagOf(cloud),
  };
  agents.push(agent);
  most.agents = Math.max(most.agents, agents.filter((other) => other.name === name && isAlive(other)).length);
  const end = world.tape.pick(12) === 1 ? 'STATUS_FAILED' : 'STATUS_RUNNING';
  world.after(times.deployMs, () => (agent.status = end));
  return agent;
};

const isAlive = ({ deletedAt }: { readonly deletedAt: number | undefined }): boolean => deletedAt === undefined;

const remove = ({ world }: Cloud, thing: { deletedAt: number | undefined } | undefined): void => {
  if (thing !== undefined) thing.deletedAt ??= world.now();
};

const known = ({ agents }: Cloud, uuid: string): SimulatedAgent | undefined =>
  agents.find((agent) => agent.uuid === uuid);

const lagOf = ({ world, times }: Cloud): number => (world.tape.pick(4) === 1 ? times.lagMs : 0);

/** The agents as one read sees them, which may lag behind. */
const seen = (cloud: Cloud): readonly SimulatedAgent[] => {
  const moment = cloud.world.now() - lagOf(cloud);
  return cloud.agents.filter(
    ({ visibleAt, deletedAt }) => visibleAt <= moment && (deletedAt === undefined || deletedAt > moment),
  );
};

const viewOf = ({ uuid, status }: SimulatedAgent): CloudAgent => ({
  uuid,
  status,
  url: status === 'STATUS_RUNNING' ? `https://${uuid}.agents.example` : null,
  kbUuids: [],
});

const failureOf = (loss: Loss): Failure =>
  loss === 'busy'
    ? new Failure('cloud_unavailable', { retryAfterMs: 1_000, cause: answered(429) })
    : new Failure('cloud_unavailable', { cause: loss === 'broken' ? answered(503) : new Error(loss) });

const missing = (): Failure => new Failure('cloud_refused', { cause: answered(404) });

const answered = (status: number): Error => Object.assign(new Error(`answered ${status}`), { upstreamStatus: status });
