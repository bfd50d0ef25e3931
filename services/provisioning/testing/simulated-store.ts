import { Failure } from '../../../shared/errors/failure.ts';
import { callRemote } from '../../../shared/testing/remote-call.ts';
import type { SimulatedProcess, Simulation } from '../../../shared/testing/simulation.ts';
import type { DomainState } from '../../../shared/contracts/provisioning.ts';
import { transition, workingStates, type Signal } from '../domain.ts';
import type { SagaStore, SagaWrites } from '../store/saga-store.ts';
import type { ClaimedSaga, Lease, NextStep } from '../store/sagas.ts';

/** One domain's rows: its saga and its agent. Times are the world's, as the database has one clock for all. */
interface Rows {
  readonly domainId: string;
  readonly domainName: string;
  state: DomainState;
  attempt: number;
  nextAt: number;
  leaseOwner: string | null;
  leaseUntil: number;
  intentAt: number | null;
  waitingSince: number;
  updatedAt: number;
  deployWaitedMs: number;
  agentUuid: string | null;
  lostAgentUuid: string | null;
  deploymentStatus: string | null;
  recreated: boolean;
  agent: { uuid: string; keyUuid: string | null; sealedKey: string | null; url: string | null } | null;
}

const callMs = 2_000;
const working: ReadonlySet<DomainState> = new Set(workingStates);

interface Tables {
  readonly world: Simulation;
  readonly rows: Map<string, Rows>;
  /** What was told, as `<domain> <event>`. */
  readonly events: string[];
}

/**
 * The saga's rows in memory, with the guards that the tables have: leases, guarded updates, one transaction for an outcome
 * and its effects. A call may fail before it, and after it took effect.
 */
export const createSimulatedStore = (world: Simulation) => {
  const tables: Tables = { world, rows: new Map(), events: [] };
  return {
    ...tables,
    register: (domainId: string): void => {
      tables.rows.set(domainId, newRows(domainId, world.now()));
    },
    /** What an operator or a caller asks for. */
    signal: (domainId: string, signal: Signal): void => {
      const row = tables.rows.get(domainId);
      const state = row === undefined ? undefined : transition(row.state, signal);
      if (row === undefined || state === undefined) return;
      if (signal === 'key_refused' && row.agent !== null) row.agent.sealedKey = null;
      const now = world.now();
      Object.assign(row, { state, attempt: 0, nextAt: now, waitingSince: now, deployWaitedMs: 0, recreated: false });
    },
    /** The rows as one process reaches them. */
    for: (process: SimulatedProcess): SagaStore => {
      const call = <T>(effect: () => T): Promise<T> =>
        callRemote(world, process, { effect, timeoutMs: callMs, latestMs: callMs + 500, oneIn: 12, failureOf });
      return {
        claim: ({ owner, ms }, limit) => call(() => claim(tables, { owner, ms }, limit)),
        commitIntent: (saga, leaseMs) =>
          call(() => {
            const row = extend(tables, saga, leaseMs);
            if (row !== undefined) row.intentAt = world.now();
            return row !== undefined;
          }),
        renewLease: (saga, leaseMs) => call(() => extend(tables, saga, leaseMs) !== undefined),
        save: (saga, next, effects) =>
          call(() => {
            const row = held(tables, saga);
            if (row === undefined) return false;
            change(row, saga, next, world.now());
            // Effects write in order and wait for nothing: nobody sees them half done.
            void effects(writesOf(tables));
            return true;
          }),
        release: (saga) =>
          call(() => {
            const row = tables.rows.get(saga.domainId);
            if (row?.leaseOwner === saga.leaseOwner) Object.assign(row, { leaseOwner: null, leaseUntil: 0 });
          }),
      };
    },
  };
};

const claim = ({ world, rows }: Tables, lease: Lease, limit: number): readonly ClaimedSaga[] => {
  const now = world.now();
  const due = [...rows.values()].filter((row) => working.has(row.state) && row.nextAt <= now && row.leaseUntil < now);
  return due.slice(0, limit).map((row) => {
    row.leaseOwner = lease.owner;
    row.leaseUntil = now + lease.ms;
    return claimed(row, lease.owner, now);
  });
};

const held = ({ rows }: Tables, saga: ClaimedSaga): Rows | undefined => {
  const row = rows.get(saga.domainId);
  return row?.leaseOwner === saga.leaseOwner && row.state === saga.state ? row : undefined;
};

const extend = (tables: Tables, saga: ClaimedSaga, leaseMs: number): Rows | undefined => {
  const now = tables.world.now();
  const row = held(tables, saga);
  if (row === undefined || row.leaseUntil <= now) return undefined;
  row.leaseUntil = now + leaseMs;
  return row;
};

const change = (row: Rows, saga: ClaimedSaga, next: NextStep, now: number): void => {
  const { changes } = next;
  if (changes.clearsIntent === true) row.intentAt = null;
  if (changes.restartsWait === true) row.waitingSince = now;
  Object.assign(row, {
    state: next.state,
    attempt: next.attempt,
    nextAt: now + next.afterMs,
    deployWaitedMs: changes.restartsWait === true ? 0 : (changes.deployWaitedMs ?? saga.deployWaitedMs),
    agentUuid: changes.agentUuid === undefined ? saga.agentUuid : changes.agentUuid,
    lostAgentUuid: changes.lostAgentUuid === undefined ? saga.lostAgentUuid : changes.lostAgentUuid,
    recreated: changes.recreated ?? saga.recreated,
    leaseOwner: null,
    leaseUntil: 0,
    updatedAt: now,
  });
};

const newRows = (domainId: string, now: number): Rows => ({
  domainId,
  domainName: `${domainId}.example`,
  state: 'registered',
  attempt: 0,
  nextAt: now,
  leaseOwner: null,
  leaseUntil: 0,
  intentAt: null,
  waitingSince: now,
  updatedAt: now,
  deployWaitedMs: 0,
  agentUuid: null,
  lostAgentUuid: null,
  deploymentStatus: null,
  recreated: false,
  agent: null,
});

const claimed = (row: Rows, leaseOwner: string, now: number): ClaimedSaga => ({
  domainId: row.domainId,
  domainName: row.domainName,
  websiteKey: 'website',
  state: row.state,
  attempt: row.attempt,
  leaseOwner,
  intentAgeMs: row.intentAt === null ? null : now - row.intentAt,
  agentAgeMs: now - row.waitingSince,
  deployWaitedMs: row.deployWaitedMs,
  sinceOutcomeMs: now - row.updatedAt,
  agentUuid: row.agentUuid,
  lostAgentUuid: row.lostAgentUuid,
  deploymentStatus: row.deploymentStatus,
  recreated: row.recreated,
  hasKey: row.agent !== null && row.agent.sealedKey !== null,
  keyUuid: row.agent?.keyUuid ?? null,
  correlationId: null,
  causationId: null,
  traceparent: null,
});

const writesOf = ({ rows, events }: Tables): SagaWrites => {
  const change = (domainId: string, work: (row: Rows) => void): void => {
    const row = rows.get(domainId);
    if (row !== undefined) work(row);
  };
  return {
    saveAgent: async ({ domainId, agentUuid }) =>
      change(domainId, (row) => (row.agent = { uuid: agentUuid, keyUuid: null, sealedKey: null, url: null })),
    forgetAgent: async (domainId) => change(domainId, (row) => (row.agent = null)),
    saveAccessKey: async (domainId, { uuid, sealed }) =>
      change(domainId, ({ agent }) => agent !== null && Object.assign(agent, { keyUuid: uuid, sealedKey: sealed })),
    dropAccessKey: async (domainId) =>
      change(domainId, ({ agent }) => agent !== null && Object.assign(agent, { sealedKey: null })),
    saveAgentUrl: async (domainId, url) => {
      change(domainId, ({ agent }) => agent !== null && Object.assign(agent, { url }));
      return false;
    },
    wantMissing: async () => 0,
    noteStrayKeys: async () => undefined,
    deleteDomain: async (domainId) => void rows.delete(domainId),
    emit: async (contract, { domainId }) => void events.push(`${domainId} ${contract.name}`),
  };
};

const failureOf = (): Failure => new Failure('service_unavailable');
