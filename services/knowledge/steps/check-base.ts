import { isDatabaseLost } from '../domain.ts';
import type { ClaimedBase } from '../store/bases.ts';
import type { Document } from '../store/documents.ts';
import { remindMs } from './remind-of-retired.ts';
import type { Step, StepDeps, StepOutcome } from './step.ts';
import { cloudIdOf } from './vanished.ts';
import { verdictsFor } from './verdicts.ts';

// An absence is believed when it was seen this often, one longest pause apart: lists lag.
const absencesMin = 3;
const looksForVerdict = 12;

/**
 * Compares an indexed base with the cloud, now and then. Documents whose verdict came late get it. What the cloud lost is
 * put there again, in a new base, from our own copy. An agent that was never given the base is asked for again.
 */
export const checkBase: Step = async (deps, base) => {
  const kbUuid = cloudIdOf(base);
  if (base.attachedAt === null && base.stateAgeMs >= remindMs) await deps.store.tellIndexed(base);
  const documents = await deps.store.documentsOf(base);
  const found = await deps.cloud.getBase(kbUuid);
  if (found === null || isDatabaseLost(found.databaseStatus)) {
    const databaseId = found?.databaseId ?? null;
    if (databaseId !== null) await deps.store.forgetDatabase(databaseId);
    return rebuild(deps, base, documents);
  }
  if (documents.some(({ state }) => state === 'indexing')) return judgeLate(deps, base, documents);
  const sources = await deps.cloud.listSources(kbUuid);
  const lost = documents.filter(({ state, storedName }) => state === 'indexed' && !sources.has(storedName));
  if (lost.length > 0) return rebuild(deps, base, lost);
  return { waitMs: deps.config.checkMs * (0.75 + deps.clock.random() / 2), isFresh: true };
};

const rebuild = async (deps: StepDeps, base: ClaimedBase, lost: readonly Document[]): Promise<StepOutcome> => {
  if (base.attempt + 1 < absencesMin) return { waitMs: deps.config.pollMaxMs };
  deps.logger.warn({ base_id: base.id, kb_uuid: base.kbUuid, documents: lost.length }, 'the cloud lost documents');
  await deps.store.rebuild(base, lost);
  return 'saved';
};

/** Of documents that the cloud never speaks of nobody may say that they are indexed. */
const judgeLate = async (deps: StepDeps, base: ClaimedBase, documents: readonly Document[]): Promise<StepOutcome> => {
  const open = documents.filter(({ state }) => state === 'indexing');
  const verdicts = await verdictsFor(deps, base, open);
  const isLast = base.attempt >= looksForVerdict;
  const reason = 'The cloud did not tell what became of this document';
  await deps.store.concludeLate(
    base,
    verdicts.map((verdict) => (isLast && verdict.is === 'open' ? { ...verdict, is: 'failed', reason } : verdict)),
  );
  return {};
};
