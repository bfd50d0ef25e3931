import { z } from 'zod';
import { domainRef, idempotency, moment, nothing, pageInput, pageOutput, text } from './common.ts';
import { event, query } from './message.ts';

/** A name for the versions that a domain's answers rested on at one moment. */
export const snapshotView = z.object({
  id: z.uuid(),
  name: z.string(),
  /** How many it holds. */
  documents: z.number().int(),
  created_at: moment,
});

/** Trimmed, 1 to 100 characters; a domain has each name once. */
export const snapshotName = text(100).trim().min(1);

/**
 * Names what answers rest on now: not what is on its way in. Throws `snapshot_taken`, `snapshot_empty` when answers rest on
 * nothing, `snapshots_full` at 50.
 */
export const takeSnapshot = query(
  'knowledge',
  'take-snapshot',
  domainRef.extend({ name: snapshotName, idempotency: idempotency.optional() }),
  z.object({ snapshot: snapshotView }),
);

export const listSnapshots = query(
  'knowledge',
  'list-snapshots',
  domainRef.extend(pageInput.shape),
  z.object({ snapshots: z.array(snapshotView), ...pageOutput }),
);

const snapshotRef = domainRef.extend({ snapshot_id: z.uuid() });

/** What a rollback would do to a document: index an older text again, take it away, or drop what is on its way in. */
export const snapshotChange = z.object({
  document_id: z.uuid(),
  name: z.string(),
  change: z.enum(['restore', 'remove', 'drop']),
});
/** With what a rollback to it would change now: at most 100 of the changes, and how many there are. Throws `snapshot_unknown`. */
export const getSnapshot = query(
  'knowledge',
  'get-snapshot',
  snapshotRef,
  z.object({
    snapshot: snapshotView,
    unchanged: z.number().int(),
    changed: z.number().int(),
    changes: z.array(snapshotChange),
  }),
);

/** Lets go of the texts that only this snapshot needs. Throws `snapshot_unknown`. */
export const removeSnapshot = query('knowledge', 'remove-snapshot', snapshotRef, nothing);

/**
 * Makes answers rest on the snapshot's versions again: what changed since is indexed from the kept text, and goes once that
 * is in use; what was not there is removed. With `keep_as` the present state is named first. Throws `snapshot_unknown` and
 * what `takeSnapshot` throws.
 */
export const rollBack = query(
  'knowledge',
  'roll-back',
  snapshotRef.extend({ keep_as: snapshotName.optional(), idempotency: idempotency.optional() }),
  z.object({
    job_id: z.uuid(),
    restored: z.number().int(),
    removed: z.number().int(),
    unchanged: z.number().int(),
  }),
);

const snapshotFact = z.object({ snapshot_id: z.uuid(), name: z.string() });
export const snapshotCreated = event(
  'knowledge',
  'SnapshotCreated',
  snapshotFact.extend({ documents: z.number().int() }),
);
/** A rollback has begun; the job tells how it goes. */
export const rollbackStarted = event(
  'knowledge',
  'RollbackStarted',
  snapshotFact.extend({ job_id: z.uuid(), restored: z.number().int(), removed: z.number().int() }),
);
