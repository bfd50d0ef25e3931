import { LRUCache } from 'lru-cache';

const listsMax = 1000;

/** Makes lists lag behind: one that was read less than `staleMs` ago is given again as it was then. */
export const createStaleLists = () => {
  const read = new LRUCache<string, { readonly at: number; readonly rows: readonly unknown[] }>({ max: listsMax });
  return (list: string, rows: readonly unknown[], staleMs: number): readonly unknown[] => {
    if (staleMs === 0) return rows;
    const kept = read.get(list);
    if (kept !== undefined && Date.now() - kept.at < staleMs) return kept.rows;
    read.set(list, { at: Date.now(), rows });
    return rows;
  };
};
