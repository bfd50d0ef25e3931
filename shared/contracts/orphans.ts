import { z } from 'zod';
import { moment } from './common.ts';

/** What may be left in the cloud: provisioning makes agents and their keys, knowledge makes bases. */
export const orphanKind = z.enum(['agent', 'key', 'base']);

/** A thing with our installation's tag that belongs to nobody here. */
export const orphan = z.object({
  kind: orphanKind,
  uuid: z.string(),
  name: z.string(),
  /** The agent that an access key belongs to. */
  agent_uuid: z.string().nullable(),
  /** When it was first found; of a base, when it was made. */
  found_at: moment,
});

export const orphansMax = 1_000;
/** What the owner of a kind answers: orphans that are so for an hour, the oldest first, at most `orphansMax`. */
export const orphanList = z.object({ orphans: z.array(orphan) });
export const orphanRef = z.object({ kind: orphanKind, uuid: z.string().min(1).max(64) });
