import { deleteBase } from '../store/bases.ts';
import type { Step } from './advance-base.ts';

/**
 * Deletes the base in the cloud and then its row. One that the cloud no longer has is deleted. A creation that was under
 * way may have made one that we never learnt the id of: it is looked for by name once it must show.
 */
export const deleteFromCloud: Step = async (deps, base) => {
  let { kbUuid } = base;
  if (kbUuid === null && base.intentAt !== null) {
    const waitMs = base.intentAt.getTime() + deps.config.settleMs - deps.clock.now();
    if (waitMs > 0) return { waitMs };
    kbUuid = (await deps.cloud.findBase(base.kbName))?.uuid ?? null;
  }
  if (kbUuid !== null) await deps.cloud.deleteBase(kbUuid);
  await deps.database.run((client) => deleteBase(client, base.id));
  return 'saved';
};
