import { z } from 'zod';
import { orphan, orphanRef } from '../orphans.ts';

export const orphanParams = orphanRef;
/** `unavailable` names the services that did not answer: their kinds are not in the list. */
export const listOrphansAnswer = z.object({ orphans: z.array(orphan), unavailable: z.array(z.string()) });
export const deleteOrphanAnswer = orphanRef;
