import { listOf, numberOf, objectOf, textOf, type Json } from '../http/json.ts';
import { acceptedIn, call, type Accepted, type Credentials, type Reply } from './knowledge-api.ts';

/** A name for what the agent knew at a moment. */
export interface Snapshot {
  readonly id: string;
  readonly name: string;
  readonly documents: number;
  readonly createdAt: string;
}

const path = '/knowledge/snapshots';
const pathOf = (id: string): string => `${path}/${encodeURIComponent(id)}`;

export const takeSnapshot = (name: string, credentials: Credentials): Promise<Reply<Json>> =>
  call('POST', path, credentials, { name });

export const readSnapshots = async (credentials: Credentials): Promise<Reply<readonly Snapshot[]>> => {
  const reply = await call('GET', `${path}?limit=50`, credentials);
  return reply.ok ? { ok: true, value: listOf(reply.value['snapshots']).map(objectOf).map(snapshotOf) } : reply;
};

/** How many documents a rollback would change now. */
export const readDifference = async (id: string, credentials: Credentials): Promise<Reply<number>> => {
  const reply = await call('GET', pathOf(id), credentials);
  return reply.ok ? { ok: true, value: numberOf(reply.value['changed']) ?? 0 } : reply;
};

export const rollBack = async (id: string, credentials: Credentials): Promise<Reply<Accepted>> =>
  acceptedIn(await call('POST', `${pathOf(id)}/rollback`, credentials, {}));

export const removeSnapshot = (id: string, credentials: Credentials): Promise<Reply<Json>> =>
  call('DELETE', pathOf(id), credentials);

const snapshotOf = (fields: Json): Snapshot => ({
  id: textOf(fields['id']),
  name: textOf(fields['name']),
  documents: numberOf(fields['documents']) ?? 0,
  createdAt: textOf(fields['created_at']),
});
