import { orphansMax } from '../../shared/contracts/orphans.ts';
import type { Database } from '../../shared/db/client.ts';
import type { InstallationTag } from '../../shared/gradient/installation.ts';
import type { Platform, Running } from '../../shared/runtime/platform.ts';
import { cloudOrphans } from '../../shared/telemetry/metrics.ts';
import { every } from '../../shared/work/every.ts';
import type { Gradient } from './client.ts';
import type { ProvisioningConfig } from './config.ts';
import { forgetKeysOfGoneAgents, listOrphanRows, noteOrphans, selectUnclaimed } from './store/orphans.ts';

/** An orphan younger than this may still be somebody's: it is neither reported nor deleted. */
export const orphanAgeMs = 3_600_000;

interface JanitorDeps extends Pick<Platform, 'clock' | 'logger'> {
  readonly config: ProvisioningConfig;
  readonly database: Database;
  readonly gradient: Pick<Gradient, 'findAgents'>;
  readonly installationTag: InstallationTag;
}

/** Looks through the cloud for what is ours and nobody's, and says so; deletes nothing. */
export const startJanitor = (deps: JanitorDeps): Running => {
  const { clock, config, logger } = deps;
  return every({ name: 'provisioning janitor', clock, logger, restMs: config.checkIntervalMs }, () =>
    lookForOrphans(deps),
  );
};

const lookForOrphans = async ({ database, gradient, installationTag, logger }: JanitorDeps): Promise<void> => {
  const tag = await installationTag();
  const tagged = (await gradient.findAgents(() => true)).filter(({ tags }) => tags.includes(tag));
  const orphans = await database.transaction(async (tx) => {
    await noteOrphans(tx, { kind: 'agent', agentUuid: null }, await selectUnclaimed(tx, tagged));
    await forgetKeysOfGoneAgents(tx);
    return listOrphanRows(tx, { olderThanMs: orphanAgeMs, limit: orphansMax });
  });
  for (const kind of ['agent', 'key'] as const) {
    cloudOrphans.set({ kind }, orphans.filter((orphan) => orphan.kind === kind).length);
  }
  if (orphans.length > 0) logger.warn({ orphans: orphans.length }, "the cloud holds things of ours that are nobody's");
};
