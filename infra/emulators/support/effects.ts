/** What was ever made, counted by kind and name, so that a test can see what was made twice. */
export interface Effects {
  made: (kind: string, name: string) => void;
  /** Each name's count, beside how many of that name are alive; `alive` gives the living names of a kind. */
  report: (alive: Readonly<Record<string, readonly string[]>>) => EffectsReport;
  clear: () => void;
}

type EffectsReport = Readonly<
  Record<string, Readonly<Record<string, { readonly made: number; readonly alive: number }>>>
>;

export const createEffects = (): Effects => {
  const kinds = new Map<string, Map<string, number>>();
  const countsOf = (kind: string): Map<string, number> => {
    const counts = kinds.get(kind) ?? new Map<string, number>();
    kinds.set(kind, counts);
    return counts;
  };
  return {
    made: (kind, name) => {
      const counts = countsOf(kind);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    },
    report: (alive) =>
      Object.fromEntries(
        [...new Set([...kinds.keys(), ...Object.keys(alive)])].map((kind) => {
          const made = countsOf(kind);
          const living = countEach(alive[kind] ?? []);
          const names = new Set([...made.keys(), ...living.keys()]);
          const rows = [...names].map((name) => [name, { made: made.get(name) ?? 0, alive: living.get(name) ?? 0 }]);
          return [kind, Object.fromEntries(rows)];
        }),
      ),
    clear: () => kinds.clear(),
  };
};

const countEach = (names: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};
