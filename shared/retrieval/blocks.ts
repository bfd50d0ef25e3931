const roomAtFirst = 1024;
const growthMax = 1 << 20;

/** Blocks of one growing array of 32-bit integers. A block that is given back is handed out again for its size. */
export interface Blocks {
  /** Where the new block starts; what it holds is left over from before. */
  readonly take: (size: number) => number;
  readonly giveBack: (start: number, size: number) => void;
  readonly get: (at: number) => number;
  readonly set: (at: number, value: number) => void;
  readonly copy: (from: number, to: number, length: number) => void;
}

/** Doubles while it is small, then grows by 4 MB at a time. */
export const createBlocks = (): Blocks => {
  const free = new Map<number, number[]>();
  let room = new Int32Array(roomAtFirst);
  let used = 0;
  return {
    take: (size) => {
      const known = free.get(size)?.pop();
      if (known !== undefined) return known;
      const start = used;
      used += size;
      if (used > room.length) {
        const larger = new Int32Array(Math.max(used, room.length + Math.min(room.length, growthMax)));
        larger.set(room);
        room = larger;
      }
      return start;
    },
    giveBack: (start, size) => {
      const known = free.get(size);
      if (known === undefined) free.set(size, [start]);
      else known.push(start);
    },
    get: (at) => room[at] ?? 0,
    set: (at, value) => {
      room[at] = value;
    },
    copy: (from, to, length) => {
      room.copyWithin(to, from, from + length);
    },
  };
};
