/** What became of the operations, as Jepsen's queue test splits them. */
export interface Tally {
  /** Acknowledged to the client and done. */
  readonly ok: number;
  /** Acknowledged and never done. */
  readonly lost: number;
  /** Done more than once. */
  readonly duplicate: number;
  /** Of unknown outcome to the client, but done. */
  readonly recovered: number;
  /** Done though nobody asked for it. */
  readonly unexpected: number;
}

export interface Operations {
  /** Ids of the operations that were sent, whatever came of them. */
  readonly sent: Iterable<string>;
  /** Those that the client knows to be accepted. */
  readonly acknowledged: ReadonlySet<string>;
  /** How often each id was done, by the record of a witness that was never killed. */
  readonly done: ReadonlyMap<string, number>;
}

/** Splits the operations by their ids, after everything has come to rest. */
export const tallyOf = ({ sent, acknowledged, done }: Operations): Tally => {
  const known = new Set(sent);
  const doneIds = [...done].filter(([, times]) => times > 0);
  return {
    ok: doneIds.filter(([id]) => acknowledged.has(id)).length,
    lost: [...acknowledged].filter((id) => (done.get(id) ?? 0) === 0).length,
    duplicate: doneIds.filter(([, times]) => times > 1).length,
    recovered: doneIds.filter(([id]) => known.has(id) && !acknowledged.has(id)).length,
    unexpected: doneIds.filter(([id]) => !known.has(id)).length,
  };
};
