import type { Step } from './step.ts';

/** How long an answer to `KbIndexed` or `KbRetired` may take before it is told again; a hundred times what it takes. */
export const remindMs = 600_000;

/** Nobody has told that the base is detached: it is said again that it is to go. */
export const remindOfRetired: Step = async (deps, base) => {
  await deps.store.tellRetired(base);
  return { waitMs: remindMs };
};
