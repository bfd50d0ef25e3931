import type { Handler } from '../../../shared/bus/port.ts';
import type { deleteOrphan, listOrphans } from '../../../shared/contracts/knowledge.ts';
import { orphansMax } from '../../../shared/contracts/orphans.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { Deps } from '../deps.ts';
import { findOrphanBases } from '../orphans.ts';

type OrphanDeps = Pick<Deps, 'clock' | 'cloud' | 'database' | 'logger'>;

/** Bases of ours in the cloud that belong to nobody here, as it shows them now. */
export const handleListOrphans =
  (deps: OrphanDeps): Handler<typeof listOrphans> =>
  async () => {
    const orphans = (await findOrphanBases(deps)).slice(0, orphansMax).map(({ uuid, name, createdAt }) => ({
      kind: 'base' as const,
      uuid,
      name,
      agent_uuid: null,
      found_at: new Date(createdAt).toISOString(),
    }));
    return { orphans };
  };

/** Deletes an orphan from the cloud, after another look at both sides. Throws `not_found` for all that is none. */
export const handleDeleteOrphan =
  (deps: OrphanDeps): Handler<typeof deleteOrphan> =>
  async ({ kind, uuid }) => {
    const orphans = kind === 'base' ? await findOrphanBases(deps) : [];
    if (!orphans.some((orphan) => orphan.uuid === uuid)) {
      throw new Failure('not_found', { detail: 'No orphan is known by this id' });
    }
    await deps.cloud.deleteBase(uuid);
    deps.logger.warn({ kind, uuid }, 'orphan deleted on request');
    return {};
  };
