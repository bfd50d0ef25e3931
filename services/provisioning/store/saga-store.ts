import type { Durable } from '../../../shared/contracts/message.ts';
import type { Database, Transaction } from '../../../shared/db/client.ts';
import type { Messaging } from '../../../shared/outbox/messaging.ts';
import type { Emission } from '../../../shared/outbox/outbox.ts';
import * as agents from './agents.ts';
import { wantMissing } from './attachments.ts';
import { deleteDomain } from './domains.ts';
import { noteOrphans, type Orphan } from './orphans.ts';
import * as sagas from './sagas.ts';

/** What a step's outcome may write beside its saga, in the same transaction. */
export interface SagaWrites {
  readonly saveAgent: (agent: agents.NewAgentRow) => Promise<void>;
  readonly forgetAgent: (domainId: string) => Promise<void>;
  readonly saveAccessKey: (domainId: string, key: { readonly uuid: string; readonly sealed: string }) => Promise<void>;
  readonly dropAccessKey: (domainId: string) => Promise<void>;
  /** True when it was another one before. */
  readonly saveAgentUrl: (domainId: string, url: string) => Promise<boolean>;
  /** Wants every attached base again that is not among `present`; tells how many. */
  readonly wantMissing: (domainId: string, present: readonly string[]) => Promise<number>;
  /** The keys of our name on an agent of ours that nobody here has the secret of. */
  readonly noteStrayKeys: (agentUuid: string, keys: readonly Pick<Orphan, 'uuid' | 'name'>[]) => Promise<void>;
  readonly deleteDomain: (domainId: string) => Promise<void>;
  readonly emit: <D extends Durable>(contract: D, emission: Emission<D>) => Promise<void>;
}

/**
 * Where the saga lives. Steps know no more of it than this, so that the same code runs against the tables and, in the
 * simulation, against rows in memory. Every member may throw `service_unavailable` after it took effect.
 */
export interface SagaStore {
  /** Takes up to `limit` due sagas under a lease of their own. */
  readonly claim: (lease: sagas.Lease, limit: number) => Promise<readonly sagas.ClaimedSaga[]>;
  /** Commits that something is about to be created. False when the lease is not ours any more. */
  readonly commitIntent: (saga: sagas.ClaimedSaga, leaseMs: number) => Promise<boolean>;
  /** False when the lease is not ours any more. */
  readonly renewLease: (saga: sagas.ClaimedSaga, leaseMs: number) => Promise<boolean>;
  /** The outcome and its `effects` as one; false, and nothing saved, when another outcome came first. */
  readonly save: (
    saga: sagas.ClaimedSaga,
    next: sagas.NextStep,
    effects: (writes: SagaWrites) => Promise<void>,
  ) => Promise<boolean>;
  readonly release: (saga: sagas.ClaimedSaga) => Promise<void>;
}

/** The saga in its tables. */
export const createSagaStore = (
  database: Database,
  messaging: Pick<Messaging, 'emit' | 'forgetDomain' | 'transaction'>,
): SagaStore => ({
  claim: (lease, limit) => database.run((client) => sagas.claimSagas(client, lease, limit)),
  commitIntent: (saga, leaseMs) => database.run((client) => sagas.commitIntent(client, saga, leaseMs)),
  renewLease: (saga, leaseMs) => database.run((client) => sagas.renewLease(client, saga, leaseMs)),
  save: (saga, next, effects) =>
    messaging.transaction(async (tx) => {
      if (!(await sagas.saveStep(tx, saga, next))) return false;
      await effects(writesIn(tx, messaging));
      return true;
    }),
  release: (saga) => database.run((client) => sagas.releaseLease(client, saga)),
});

// In the commit that ends the domain. A domain does not come near this many; events beyond it go after their week.
const messagesMax = 5_000;

const writesIn = (tx: Transaction, messaging: Pick<Messaging, 'emit' | 'forgetDomain'>): SagaWrites => ({
  saveAgent: (agent) => agents.saveAgent(tx, agent),
  forgetAgent: (domainId) => agents.forgetAgent(tx, domainId),
  saveAccessKey: (domainId, key) => agents.saveAccessKey(tx, domainId, key),
  dropAccessKey: (domainId) => agents.dropAccessKey(tx, domainId),
  saveAgentUrl: (domainId, url) => agents.saveAgentUrl(tx, domainId, url),
  wantMissing: (domainId, present) => wantMissing(tx, domainId, present),
  noteStrayKeys: (agentUuid, keys) => noteOrphans(tx, { kind: 'key', agentUuid }, keys),
  deleteDomain: async (domainId) => {
    await deleteDomain(tx, domainId);
    await messaging.forgetDomain(tx, domainId, messagesMax);
  },
  emit: (contract, emission) => messaging.emit(tx, contract, emission),
});
