import { cpuSeconds, cpuSecondsOfTree } from './support/cpu.ts';
import { headersOf, openSessions, registerDomain, type BenchDomain } from './support/domain.ts';
import { runLoad, type LoadResult } from './support/load.ts';
import type { Program } from './support/processes.ts';
import { startBenchSystem, type BenchSystem } from './support/system.ts';

const concurrency = 64;
const rounds = 3;
const asksPerRound = 1_000;

interface Measured extends LoadResult {
  readonly appCpuPer1k: number;
  readonly postgresCpuPer1k: number;
  /** App CPU seconds per 1,000 asks, process by process. */
  readonly byService: Readonly<Record<string, number>>;
}

export interface AskOptions {
  readonly latencyMs: number;
  readonly json: boolean;
  readonly profileDir: string | undefined;
}

/**
 * `npm run bench -- ask [--latency MS] [--json] [--profile FOLDER]`: asks through the whole distributed system and through the bare skeleton,
 * in turns (A B A B …), and prints the medians. CPU per 1,000 asks is the figure that a noisy machine disturbs least.
 */
export const benchAsk = async (options: AskOptions): Promise<void> => {
  const system = await startBenchSystem(options);
  try {
    const domain = await registerDomain(system.url, system.adminKey);
    const sessions = await openSessions(system.url, domain, concurrency);
    const ours: Measured[] = [];
    const skeleton: Measured[] = [];
    await askOurs(system, domain, sessions, 200);
    await askSkeleton(system, 200);
    for (let round = 0; round < rounds; round += 1) {
      ours.push(await askOurs(system, domain, sessions, asksPerRound));
      skeleton.push(await askSkeleton(system, asksPerRound));
      if (!options.json) print(round, ours.at(-1), skeleton.at(-1));
    }
    console.log(JSON.stringify(summary(ours, skeleton)));
    if (ours.some((round) => round.ok < asksPerRound)) process.exitCode = 1;
  } finally {
    await system.stop();
  }
};

const askOurs = (system: BenchSystem, domain: BenchDomain, sessions: readonly string[], requests: number) =>
  measured(system, system.services, {
    url: `${system.url}/ask`,
    headers: headersOf(domain),
    body: (index, worker) => ({
      question: `How long does shipping take? (${index})`,
      session_id: sessions[worker],
      user_id: `visitor-${worker}`,
    }),
    requests,
    concurrency,
  });

const askSkeleton = (system: BenchSystem, requests: number) =>
  measured(system, system.skeleton, {
    url: `${system.skeletonUrl}/ask`,
    headers: {},
    body: (index) => ({ question: `How long does shipping take? (${index})` }),
    requests,
    concurrency,
  });

const measured = async (
  system: BenchSystem,
  programs: readonly Program[],
  load: Parameters<typeof runLoad>[0],
): Promise<Measured> => {
  const used = (): number[] => programs.map(({ pid }) => cpuSeconds(pid));
  const before = { app: used(), postgres: cpuSecondsOfTree(system.postgresPid) };
  const result = await runLoad(load);
  const per1k = 1000 / result.ok;
  const spent = used().map((seconds, index) => (seconds - (before.app[index] ?? 0)) * per1k);
  return {
    ...result,
    appCpuPer1k: spent.reduce((sum, seconds) => sum + seconds, 0),
    byService: Object.fromEntries(programs.map(({ name }, index) => [name, rounded(spent[index] ?? 0)])),
    postgresCpuPer1k: (cpuSecondsOfTree(system.postgresPid) - before.postgres) * per1k,
  };
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const rounded = (value: number): number => Math.round(value * 100) / 100;

const summary = (ours: readonly Measured[], skeleton: readonly Measured[]) => ({
  asks_per_s: rounded(median(ours.map((round) => round.perSecond))),
  p50_ms: rounded(median(ours.map((round) => round.p50Ms))),
  p99_ms: rounded(median(ours.map((round) => round.p99Ms))),
  app_cpu_s_per_1k: rounded(median(ours.map((round) => round.appCpuPer1k))),
  pg_cpu_s_per_1k: rounded(median(ours.map((round) => round.postgresCpuPer1k))),
  vs_skeleton: rounded(
    median(ours.map((round, index) => round.perSecond / (skeleton[index]?.perSecond ?? Number.NaN))),
  ),
  skeleton: {
    asks_per_s: rounded(median(skeleton.map((round) => round.perSecond))),
    p50_ms: rounded(median(skeleton.map((round) => round.p50Ms))),
    app_cpu_s_per_1k: rounded(median(skeleton.map((round) => round.appCpuPer1k))),
    pg_cpu_s_per_1k: rounded(median(skeleton.map((round) => round.postgresCpuPer1k))),
  },
  by_service: ours.at(-1)?.byService,
  failed: Object.assign({}, ...ours.map((round) => round.failed)) as Record<string, number>,
});

const print = (round: number, ours: Measured | undefined, skeleton: Measured | undefined): void => {
  console.log(`round ${round + 1}: parley ${JSON.stringify(ours)} skeleton ${JSON.stringify(skeleton)}`);
};
