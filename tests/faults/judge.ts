import type { Figure, Findings } from './scenario.ts';

/** The figures that were missed, each in words; none when all were reached. */
export const missedFigures = (
  figures: readonly Figure[],
  findings: Findings,
  { isQuick }: { readonly isQuick: boolean },
): readonly string[] =>
  figures
    .filter(({ isOfFullRuns = false }) => !(isQuick && isOfFullRuns))
    .flatMap(({ name, atMost = Infinity, atLeast = -Infinity }) => {
      const value = findings[name];
      if (typeof value !== 'number') return [`${name} was not measured`];
      if (value > atMost) return [`${name} is ${value}, it must be at most ${atMost}`];
      // Written so that NaN is missed, too.
      if (!(value >= atLeast && value <= atMost)) return [`${name} is ${value}, it must be at least ${atLeast}`];
      return [];
    });
