import { Failure } from '../../../shared/errors/failure.ts';
import { callRemote, type Loss } from '../../../shared/testing/remote-call.ts';
import type { SimulatedProcess, Simulation } from '../../../shared/testing/simulation.ts';
import type { CloudBase, CloudFile } from '../client/bases.ts';
import type { SourceVerdict } from '../client/indexing.ts';
import type { StepDeps } from '../steps/step.ts';

interface Source {
  readonly uuid: string;
  readonly storedName: string;
  readonly objectKey: string;
  readonly listedAt: number;
  isIndexed: boolean;
  isLost: boolean;
}

interface Base {
  readonly uuid: string;
  readonly name: string;
  readonly databaseId: string;
  readonly onlineAt: number;
  readonly visibleAt: number;
  readonly sources: readonly Source[];
  job: { readonly uuid: string; phase: 'running' | 'succeeded' | 'failed' } | undefined;
  deletedAt: number | undefined;
}

export const cloudTimes = { timeoutMs: 2_000, latestMs: 12_000, lagMs: 1_000, databaseMs: 3_000, indexMs: 1_500 };

interface State {
  readonly world: Simulation;
  readonly bases: Base[];
  readonly objects: Set<string>;
  readonly databases: Map<string, number>;
  count: number;
}

/** The control plane with every fault that ingestion must bear; what it holds is the truth that tests judge by. */
export const createSimulatedCloud = (world: Simulation) => {
  const state: State = { world, bases: [], objects: new Set(), databases: new Map(), count: 0 };
  return {
    databases: state.databases,
    liveBases: (): readonly Base[] => state.bases.filter(({ deletedAt }) => deletedAt === undefined),
    /** Whether the cloud holds and has indexed the file, or did until something outside of us took it away. */
    hasIndexed: (kbUuid: string | null, storedName: string): boolean =>
      state.bases.some(
        ({ uuid, sources }) => uuid === kbUuid && sources.some((one) => one.storedName === storedName && one.isIndexed),
      ),
    /** Somebody with access to the account, or the cloud itself, loses a whole base or one file. */
    lose: (): void => {
      const base = state.bases.find(({ deletedAt }) => deletedAt === undefined);
      if (base === undefined) return;
      const [source] = base.sources;
      if (source !== undefined && world.tape.random() < 0.5) source.isLost = true;
      else base.deletedAt = world.now();
    },
    /** The cloud as one process sees it. */
    for: (process: SimulatedProcess): StepDeps['cloud'] => {
      const call = <T>(effect: () => T): Promise<T> =>
        callRemote(world, process, { ...cloudTimes, effect, oneIn: 4, failureOf });
      return { ...creation(state, call), ...reading(state, call), ...indexing(state, call) };
    },
  };
};

type Caller = <T>(effect: () => T) => Promise<T>;

const creation = (state: State, call: Caller) => ({
  embeddingModel: async () => 'model',
  installationTag: async () => 'parley-0123456789ab',
  uploadFile: ({ name }: { readonly name: string }) =>
    call(() => {
      const key = `${name}#${(state.count += 1)}`;
      state.objects.add(key);
      return key;
    }),
  createBase: (base: {
    readonly name: string;
    readonly databaseId: string | null;
    readonly files: readonly CloudFile[];
  }) => call(() => viewOf(state, makeBase(state, base))),
  deleteBase: (uuid: string) =>
    call(() => {
      for (const base of state.bases) if (base.uuid === uuid) base.deletedAt ??= state.world.now();
    }),
});

const makeBase = (
  state: State,
  { name, databaseId, files }: { name: string; databaseId: string | null; files: readonly CloudFile[] },
): Base => {
  const { world } = state;
  if (files.length === 0) throw new Error('a base of no files');
  const uuid = `kb-${(state.count += 1)}`;
  const cluster = databaseId ?? `db-${(state.count += 1)}`;
  const onlineAt = state.databases.get(cluster) ?? world.now() + cloudTimes.databaseMs;
  state.databases.set(cluster, onlineAt);
  const base: Base = {
    uuid,
    name,
    databaseId: cluster,
    onlineAt,
    visibleAt: world.now() + lagOf(state),
    sources: files.map((file) => ({
      uuid: `source-${(state.count += 1)}`,
      storedName: file.storedName,
      objectKey: file.objectKey,
      listedAt: world.now() + lagOf(state),
      isIndexed: false,
      isLost: false,
    })),
    job: undefined,
    deletedAt: undefined,
  };
  state.bases.push(base);
  world.after(Math.max(0, onlineAt - world.now()), () => startJob(state, base));
  return base;
};

const startJob = (state: State, base: Base): void => {
  const job: NonNullable<Base['job']> = { uuid: `job-${(state.count += 1)}`, phase: 'running' };
  base.job = job;
  const fate = state.world.tape.pick(20) === 1 ? 'failed' : 'succeeded';
  state.world.after(cloudTimes.indexMs, () => {
    job.phase = fate;
    if (fate === 'failed') return;
    for (const source of base.sources) source.isIndexed ||= state.objects.has(source.objectKey);
  });
};

const reading = (state: State, call: Caller) => ({
  getBase: (uuid: string): Promise<CloudBase | null> =>
    call(() => {
      const base = seen(state).find((one) => one.uuid === uuid);
      return base === undefined ? null : viewOf(state, base);
    }),
  findBases: (name: string): Promise<readonly CloudBase[]> =>
    call(() =>
      seen(state)
        .filter((base) => base.name === name)
        .map((base) => viewOf(state, base)),
    ),
  listSources: (uuid: string): Promise<ReadonlyMap<string, string>> =>
    call(() => {
      const sources = seen(state).find((base) => base.uuid === uuid)?.sources ?? [];
      const listed = sources.filter(({ isLost, listedAt }) => !isLost && listedAt <= state.world.now());
      return new Map(listed.map((source) => [source.storedName, source.uuid]));
    }),
  deleteSource: () => call(() => undefined),
});

const indexing = (state: State, call: Caller) => {
  const jobOf = (jobUuid: string): Base | undefined =>
    state.bases.find(({ deletedAt, job }) => deletedAt === undefined && job?.uuid === jobUuid);
  return {
    startIndexing: (uuid: string) =>
      call(() => {
        const base = state.bases.find((one) => one.uuid === uuid && one.deletedAt === undefined);
        if (base === undefined || base.onlineAt > state.world.now()) throw refused(404);
        if (base.job?.phase !== 'running') startJob(state, base);
        return base.job?.uuid ?? '';
      }),
    refreshIndex: () => call(() => undefined),
    indexingOutcome: (jobUuid: string) => call(() => jobOf(jobUuid)?.job?.phase ?? ('missing' as const)),
    sourceVerdicts: (jobUuid: string): Promise<ReadonlyMap<string, SourceVerdict>> =>
      call(() => {
        const sources = jobOf(jobUuid)?.sources ?? [];
        return new Map(sources.map(({ uuid, isIndexed }) => [uuid, verdictOf(isIndexed)]));
      }),
  };
};

const verdictOf = (isIndexed: boolean): SourceVerdict =>
  isIndexed ? { is: 'indexed' } : { is: 'failed', reason: 'the object is not there' };

const lagOf = ({ world }: State): number => (world.tape.pick(4) === 1 ? cloudTimes.lagMs : 0);

/** The bases as one read sees them, which may lag behind; oldest first. */
const seen = (state: State): readonly Base[] => {
  const moment = state.world.now() - lagOf(state);
  return state.bases.filter(
    ({ visibleAt, deletedAt }) => visibleAt <= moment && (deletedAt === undefined || deletedAt > moment),
  );
};

const viewOf = ({ world }: State, base: Base): CloudBase => ({
  uuid: base.uuid,
  databaseId: base.onlineAt <= world.now() ? base.databaseId : null,
  databaseStatus: base.onlineAt <= world.now() ? 'ONLINE' : 'CREATING',
  indexingJobUuid: base.job?.uuid ?? null,
});

const failureOf = (loss: Loss): Failure =>
  loss === 'busy'
    ? new Failure('cloud_unavailable', { retryAfterMs: 1_000, cause: answered(429) })
    : new Failure('cloud_unavailable', { cause: loss === 'broken' ? answered(503) : new Error(loss) });

const refused = (status: number): Failure => new Failure('cloud_refused', { cause: answered(status) });

const answered = (status: number): Error => Object.assign(new Error(`answered ${status}`), { upstreamStatus: status });
