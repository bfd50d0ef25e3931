import type { z } from 'zod';
import type { StoredBlob } from '../../../shared/blobs/port.ts';
import type { CallContext } from '../../../shared/bus/port.ts';
import { ingestDocument } from '../../../shared/contracts/knowledge.ts';
import type { Gateway } from '../gateway.ts';
import { discardWhenRefused } from './discard.ts';

type Ingest = Omit<z.input<typeof ingestDocument.input>, 'blob'> & { readonly call: CallContext };

/** Hands a stored body to knowledge, which reads it before it answers. A body that is refused is deleted. */
export const ingest = (
  gateway: Gateway,
  blob: StoredBlob,
  { call, ...document }: Ingest,
): Promise<z.output<typeof ingestDocument.output>> =>
  discardWhenRefused(gateway, blob, () => gateway.bus.ask(ingestDocument, { ...document, blob: blob.ref }, call));

/** What became of an upload, for people. */
export const acceptedWords = (
  name: string,
  { job_id, unchanged, version }: Pick<z.output<typeof ingestDocument.output>, 'job_id' | 'unchanged' | 'version'>,
): string => {
  if (unchanged) return `${name} is unchanged: these bytes are version ${version} already`;
  return `${name} is accepted and being indexed; follow GET /knowledge/jobs/${job_id}`;
};
