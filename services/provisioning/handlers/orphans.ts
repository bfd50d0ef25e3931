import type { Handler } from '../../../shared/bus/port.ts';
import { orphansMax } from '../../../shared/contracts/orphans.ts';
import type { deleteOrphan, listOrphans } from '../../../shared/contracts/provisioning.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { InstallationTag } from '../../../shared/gradient/installation.ts';
import type { Gradient } from '../client.ts';
import { orphanAgeMs } from '../janitor.ts';
import { forgetOrphan, isKeyClaimed, listOrphanRows, selectUnclaimed, type FoundOrphan } from '../store/orphans.ts';
import type { HandlerDeps } from './deps.ts';

interface OrphanDeps extends HandlerDeps {
  readonly gradient: Pick<Gradient, 'findAgents' | 'deleteAgent' | 'deleteKey'>;
  readonly installationTag: InstallationTag;
}

/** Agents and keys of ours in the cloud that belong to nobody here, as the last look found them. */
export const handleListOrphans =
  ({ database }: HandlerDeps): Handler<typeof listOrphans> =>
  async () => {
    const rows = await database.run((client) =>
      listOrphanRows(client, { olderThanMs: orphanAgeMs, limit: orphansMax }),
    );
    const orphans = rows.map(({ kind, uuid, name, agentUuid, foundAt }) => ({
      kind,
      uuid,
      name,
      agent_uuid: agentUuid,
      found_at: foundAt.toISOString(),
    }));
    return { orphans };
  };

/**
 * Deletes an orphan from the cloud, after another look at both sides. Throws `not_found` for what was not found an hour
 * ago, and `conflict` for what is claimed or does not carry our tag.
 */
export const handleDeleteOrphan =
  (deps: OrphanDeps): Handler<typeof deleteOrphan> =>
  async ({ kind, uuid }, { signal }) => {
    const rows = await deps.database.run((client) =>
      listOrphanRows(client, { olderThanMs: orphanAgeMs, limit: orphansMax, uuid }),
    );
    const orphan = rows.find((row) => row.kind === kind);
    if (orphan === undefined) throw new Failure('not_found', { detail: 'No orphan is known by this id' });
    await (orphan.agentUuid === null
      ? deleteAgent(deps, orphan, signal)
      : deleteKey(deps, { ...orphan, agentUuid: orphan.agentUuid }, signal));
    await deps.database.run((client) => forgetOrphan(client, orphan));
    deps.logger.warn({ kind, uuid }, 'orphan deleted on request');
    return {};
  };

const deleteAgent = async (deps: OrphanDeps, { uuid }: FoundOrphan, signal: AbortSignal): Promise<void> => {
  const tag = await deps.installationTag();
  const agents = (await deps.gradient.findAgents(() => true)).filter((agent) => agent.uuid === uuid);
  const ours = agents.filter(({ tags }) => tags.includes(tag));
  const unclaimed = await deps.database.run((client) => selectUnclaimed(client, ours));
  if (unclaimed.length < agents.length) throw new Failure('conflict', { detail: 'Somebody has a claim to this agent' });
  if (agents.length > 0) await deps.gradient.deleteAgent(uuid, signal);
};

const deleteKey = async (
  deps: OrphanDeps,
  key: FoundOrphan & { readonly agentUuid: string },
  signal: AbortSignal,
): Promise<void> => {
  if (await deps.database.run((client) => isKeyClaimed(client, key))) {
    throw new Failure('conflict', { detail: 'Somebody has a claim to this key' });
  }
  await deps.gradient.deleteKey(key.agentUuid, key.uuid, signal);
};
