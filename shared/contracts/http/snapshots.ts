import { z } from 'zod';
import { getSnapshot, listSnapshots, rollBack, snapshotName, snapshotView } from '../knowledge-snapshots.ts';
import { id } from './fields.ts';

export const snapshotParams = z.object({ snapshot_id: id });
export const takeSnapshotBody = z.object({ name: snapshotName });
export const snapshotAnswer = snapshotView;
export const listSnapshotsAnswer = listSnapshots.output;
export const snapshotDifferenceAnswer = snapshotView.extend(getSnapshot.output.omit({ snapshot: true }).shape);
export const rollBackBody = z.object({ keep_as: snapshotName.nullish().transform((value) => value ?? undefined) });
/** The work goes on under `/knowledge/jobs/{job_id}`. */
export const rollBackAnswer = rollBack.output.extend({ success: z.literal(true), message: z.string() });
export const removeSnapshotAnswer = z.object({ success: z.literal(true), message: z.string() });
