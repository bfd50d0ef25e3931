import type { ListedBase } from './client/bases.ts';
import type { Deps } from './deps.ts';
import { selectUnclaimed } from './store/bases.ts';

/** A base younger than this may still be somebody's: it is neither reported nor deleted. */
const orphanAgeMs = 3_600_000;

/** A base in the cloud with our tag, an hour old at least, that no row here has a claim to. */
export interface OrphanBase extends Pick<ListedBase, 'uuid' | 'name'> {
  /** Milliseconds since the epoch, by the cloud. */
  readonly createdAt: number;
}

/**
 * Looks through the cloud first and through our rows then: a row is there before its base, so none is seen without it. A base
 * whose age the cloud does not tell is nobody's orphan. The oldest first; throws what the cloud's list throws.
 */
export const findOrphanBases = async ({
  clock,
  cloud,
  database,
}: Pick<Deps, 'clock' | 'cloud' | 'database'>): Promise<readonly OrphanBase[]> => {
  const tag = await cloud.installationTag();
  const bornBefore = clock.now() - orphanAgeMs;
  const old = (await cloud.listBases()).flatMap(({ uuid, name, tags, createdAt }) =>
    createdAt !== null && createdAt < bornBefore && tags.includes(tag) ? [{ uuid, name, createdAt }] : [],
  );
  const unclaimed = new Set(await database.run((client) => selectUnclaimed(client, old)));
  return old.filter(({ uuid }) => unclaimed.has(uuid));
};
