import type { Random } from './random.ts';
import type { Tally } from './tally.ts';
import type { World, WorldSettings } from './world/world.ts';

/** One experiment: what is done to the system, and the figures that it has to reach all the same. */
export interface Scenario {
  /** `F1` and so on. */
  readonly name: string;
  /** What happens, in one line for `--help`. */
  readonly title: string;
  /** Part of `npm test`, at its quick size: all of those together have eight minutes. */
  readonly isInCi: boolean;
  /** Operations by default: of a full run, and of the short one in CI. */
  readonly sizes: { readonly full: number; readonly quick: number };
  /** A run that takes longer has hung. */
  readonly limitMs: { readonly full: number; readonly quick: number };
  readonly figures: readonly Figure[];
  readonly run: (run: Run) => Promise<Findings>;
}

/** A number of the result line and its bounds. */
export interface Figure {
  readonly name: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  /** Not judged in the short runs, whose machine is shared: times mostly. */
  readonly isOfFullRuns?: boolean;
}

/** What a scenario is given. */
export interface Run {
  readonly n: number;
  readonly isQuick: boolean;
  readonly random: Random;
  /** Starts the system. It is taken down when the run is over, whatever the scenario does. */
  readonly openWorld: (settings?: WorldSettings) => Promise<World>;
  /** One line of progress, with the time before it. */
  readonly say: (line: string) => void;
}

export interface Findings extends Tally {
  /** How many of what was killed. */
  readonly kills: Readonly<Record<string, number>>;
  /** Further numbers of this scenario; those that `figures` names are judged. */
  readonly [figure: string]: number | string | Readonly<Record<string, number>>;
}
