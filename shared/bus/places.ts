/** A place that is not reached yet belongs to a store that is gone: everything there is, is new to this watcher. */
export const startOf = (lastSeq: number, afterSeq: number | undefined): number => {
  if (afterSeq === undefined) return lastSeq;
  return afterSeq > lastSeq ? 0 : afterSeq;
};

/** The index of the first entry behind `seq`; entries are in order of their places. */
export const firstBehind = (entries: readonly { readonly seq: number }[], seq: number): number => {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = entries[middle];
    if (entry !== undefined && entry.seq <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
};
