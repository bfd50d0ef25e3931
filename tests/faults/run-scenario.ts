import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBuilt } from '../support/built.ts';
import { missedFigures } from './judge.ts';
import { createRandom } from './random.ts';
import type { Findings, Scenario } from './scenario.ts';
import { openWorld, type World } from './world/world.ts';

export interface RunOptions {
  readonly n?: number;
  readonly seed: number;
  readonly isQuick: boolean;
  readonly print: (line: string) => void;
}

export interface Outcome {
  /** The result line: one JSON object. */
  readonly line: string;
  /** The figures that were missed, in words; or what broke the run. */
  readonly missed: readonly string[];
}

/** Runs one scenario in a system of its own and takes it down. What the processes wrote is kept when a figure is missed. */
export const runScenario = async (scenario: Scenario, options: RunOptions): Promise<Outcome> => {
  await ensureBuilt();
  const { seed, isQuick, print } = options;
  const { name } = scenario;
  const n = options.n ?? (isQuick ? scenario.sizes.quick : scenario.sizes.full);
  const random = createRandom(seed);
  const folder = await mkdtemp(join(tmpdir(), `parley-${name.toLowerCase()}-`));
  const worlds: World[] = [];
  const startedAt = performance.now();
  const seconds = (): number => Math.round((performance.now() - startedAt) / 100) / 10;
  const say = (line: string): void => print(`${name} ${seconds().toFixed(1).padStart(6)} s  ${line}`);
  const working = scenario.run({
    n,
    isQuick,
    random,
    say,
    openWorld: async (settings = {}) => {
      const world = await openWorld(settings, { folder: join(folder, `${worlds.length + 1}`), random });
      worlds.push(world);
      return world;
    },
  });
  const ended = await within(working, isQuick ? scenario.limitMs.quick : scenario.limitMs.full);
  await Promise.all(worlds.map((world) => world.stop()));
  const missed = 'broken' in ended ? [ended.broken] : missedFigures(scenario.figures, ended.findings, { isQuick });
  const result = { scenario: name, n, seed, ...('findings' in ended ? ended.findings : {}), seconds: seconds() };
  if ('error' in ended && ended.error instanceof Error) print(ended.error.stack ?? '');
  if (missed.length === 0) await rm(folder, { recursive: true, force: true });
  else print(`${name} missed: ${missed.join('; ')}. What the processes wrote is in ${folder}`);
  return { line: JSON.stringify(missed.length === 0 ? result : { ...result, missed }), missed };
};

type Ended = { readonly findings: Findings } | { readonly broken: string; readonly error?: unknown };

const within = async (working: Promise<Findings>, limitMs: number): Promise<Ended> => {
  const clock = new AbortController();
  const late = sleep(limitMs, undefined, { signal: clock.signal }).then(() => ({
    broken: `it did not end within ${limitMs / 1000} s`,
  }));
  late.catch(() => undefined);
  const ended = working.then(
    (findings) => ({ findings }),
    (error: unknown) => ({ broken: error instanceof Error ? error.message : String(error), error }),
  );
  const first = await Promise.race([ended, late]);
  clock.abort();
  return first;
};
