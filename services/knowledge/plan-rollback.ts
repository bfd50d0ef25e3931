import type { Document } from './store/documents.ts';

/** A version that a snapshot names. */
export type WantedVersion = Pick<Document, 'originalId' | 'name' | 'bytes' | 'hash' | 'chunkSize' | 'useSemantic'> & {
  readonly versionId: string;
};

type Row = Pick<Document, 'id' | 'originalId' | 'name' | 'bytes' | 'state' | 'hash' | 'chunkSize' | 'useSemantic'>;

export interface RollbackPlan {
  /** To be indexed again, from the text that is kept. */
  readonly restore: readonly WantedVersion[];
  /** All rows of documents that the snapshot does not hold. */
  readonly remove: readonly Row[];
  /** Newer rows of documents whose wanted version is in use still: on their way in, or failed. */
  readonly drop: readonly Row[];
  readonly unchanged: number;
}

/**
 * What makes answers rest on the wanted versions and nothing else. `present` are the rows of the domain that are not on their
 * way out, those of one document newest first.
 */
export const planRollback = (wanted: readonly WantedVersion[], present: readonly Row[]): RollbackPlan => {
  const rows = new Map<string, Row[]>();
  for (const row of present) rows.set(row.originalId, [...(rows.get(row.originalId) ?? []), row]);
  const restore: WantedVersion[] = [];
  const drop: Row[] = [];
  for (const version of wanted) {
    const ours = rows.get(version.originalId) ?? [];
    const place = ours.findIndex((row) => row.state !== 'failed' && isSameContent(row, version));
    if (place === -1) restore.push(version);
    else drop.push(...ours.slice(0, place));
  }
  const held = new Set(wanted.map(({ originalId }) => originalId));
  const remove = present.filter(({ originalId }) => !held.has(originalId));
  const dropped = new Set(drop.map(({ originalId }) => originalId));
  return { restore, remove, drop, unchanged: wanted.length - restore.length - dropped.size };
};

const isSameContent = (row: Row, version: WantedVersion): boolean =>
  row.hash === version.hash && row.chunkSize === version.chunkSize && row.useSemantic === version.useSemantic;
