import { deleteBase } from '../store/bases.ts';
import type { Step } from './advance-base.ts';

/** Deletes the base in the cloud and then its row. One that the cloud no longer has is deleted. */
export const deleteFromCloud: Step = async (deps, base) => {
  // An interrupted creation may have left a base that we never learnt the id of.
  const kbUuid =
    base.kbUuid ?? (base.intentAt === null ? null : ((await deps.cloud.findBase(base.kbName))?.uuid ?? null));
  if (kbUuid !== null) await deps.cloud.deleteBase(kbUuid);
  await deps.database.run((client) => deleteBase(client, base.id));
  return 'saved';
};
