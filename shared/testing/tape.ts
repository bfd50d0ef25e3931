/** One schedule of a simulation: the same seed and length give the same run, to the event. */
export interface Schedule {
  readonly seed: number;
  /** Decisions that may go wrong; after the last of them the world is kind. */
  readonly length: number;
}

/** What decides a run. */
export interface Tape {
  /** One of `sides` numbers from 0; 0 is the harmless one, and all there is once the tape has run out. */
  readonly pick: (sides: number) => number;
  readonly isOver: () => boolean;
  /** 0 ≤ x < 1, for what does not matter (jitter, ids); does not run out. */
  readonly random: () => number;
}

/** A shorter tape of the same seed makes the same decisions up to its end, so that a failing run can be shortened. */
export const playTape = ({ seed, length }: Schedule): Tape => {
  const decide = randomOf(seed);
  let left = length;
  return {
    pick: (sides) => {
      if (left <= 0) return 0;
      left -= 1;
      return Math.floor(decide() * sides);
    },
    isOver: () => left <= 0,
    random: randomOf(~seed),
  };
};

/** Mulberry32: small, quick and good enough to shuffle faults. */
const randomOf = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
