import { watchMemory } from '../memory.ts';
import { judge } from '../registrations.ts';
import type { Scenario } from '../scenario.ts';
import { timeOf, type Asked } from '../visitors.ts';
import type { World } from '../world/world.ts';
import { hostileModes } from './hostile-modes.ts';
import { countDone, openStage, playRound, recover, type Round, type Stage } from './hostile-stage.ts';

/** Whatever the cloud and one website's agent answer, the others are served as before, and nothing is done but what is. */
export const hostileCloud: Scenario = {
  name: 'F6',
  title: 'the cloud and the agent of one website are hostile in every way, one after the other',
  isInCi: true,
  sizes: { full: 10, quick: 4 }, // registrations and uploads under each of the ways
  limitMs: { full: 900_000, quick: 240_000 },
  figures: [
    { name: 'lost', atMost: 0 },
    { name: 'duplicate', atMost: 0 },
    { name: 'unexpected', atMost: 0 },
    { name: 'unfinished', atMost: 0 },
    { name: 'unfinished_uploads', atMost: 0 },
    { name: 'done_too_early', atMost: 0 },
    { name: 'others_failed', atMost: 0 },
    { name: 'unanswered', atMost: 0 },
    { name: 'told_to_wait', atLeast: 1 },
    { name: 'returned_early', atMost: 0 },
    { name: 'redirects_followed', atMost: 0 },
    { name: 'violations', atMost: 0 },
    { name: 'crashes', atMost: 0 },
    { name: 'rss_growth_mb', atMost: 100 },
    { name: 'opened_max_ms', atMost: 5_000, isOfFullRuns: true },
    { name: 'recovered_max_ms', atMost: 15_000, isOfFullRuns: true },
    { name: 'p99_ratio', atMost: 2, isOfFullRuns: true },
  ],
  run: async ({ n, isQuick, openWorld, say }) => {
    const callTimeoutMs = isQuick ? 500 : 1_000;
    const world = await openWorld({ env: settingsOf({ callTimeoutMs, restMs: isQuick ? 1_000 : 10_000 }) });
    const stage = await openStage(world, Math.ceil(n / 2));
    await playRound(stage, undefined, isQuick ? 2_000 : 10_000);
    const memory = watchAll(world);
    const calm = await playRound(stage, undefined, isQuick ? 5_000 : 30_000);
    await recover(stage);
    const growthsMb: (readonly number[])[] = [];
    say(`in fair weather: p99 ${p99(calm.others)} ms`);
    const rounds: Round[] = [];
    const recoveredMs: number[] = [];
    for (const mode of hostileModes({ slowMs: 2 * callTimeoutMs })) {
      const beforeMb = memory.mb();
      const round = await playRound(stage, mode, isQuick ? 2_000 : 8_000);
      rounds.push(round);
      growthsMb.push(memory.mb().map((mb, index) => mb - (beforeMb[index] ?? 0)));
      // The short run goes from one way to the next without a rest.
      if (!isQuick) recoveredMs.push(await recover(stage));
      const opened = [...round.openedMs].map(([system, ms]) => `${system} ${Math.round(ms)}`).join(', ');
      say(`${mode.name}: p99 ${p99(round.others)} ms, opened: ${opened}, recovered: ${recoveredMs.at(-1) ?? ''}`);
    }
    recoveredMs.push(await recover(stage));
    await memory.stop();
    for (const visitors of [stage.ofVictim, ...stage.ofOthers]) visitors.leave();
    return {
      kills: {},
      ...(await verdict(stage, rounds)),
      ...timesOf(calm, rounds),
      recovered_max_ms: Math.max(...recoveredMs),
      // What a way adds to a process: with the work itself all of them grow slowly, in fair weather, too.
      rss_growth_mb: Math.max(...growthsMb.flat()),
      rss_max_mb: Math.max(...memory.mb()),
    };
  },
};

const settingsOf = ({ callTimeoutMs, restMs }: { readonly callTimeoutMs: number; readonly restMs: number }) => ({
  GRADIENT_CALL_TIMEOUT_MS: String(callTimeoutMs),
  // Longer than the emulator's longest delay, which is twice a call's time.
  GRADIENT_SETTLE_MS: String(3 * callTimeoutMs),
  OUTSIDE_REST_MS: String(restMs),
  PROVISIONING_POLL_MIN_MS: '100',
  PROVISIONING_POLL_MAX_MS: '1000',
  PROVISIONING_RETRY_CAP_MS: '1000',
  KNOWLEDGE_LEASE_MS: '3000',
  KNOWLEDGE_POLL_MIN_MS: '100',
  KNOWLEDGE_POLL_MAX_MS: '1000',
  ASK_FIRST_TOKEN_TIMEOUT_MS: '1000',
  ASK_IDLE_TIMEOUT_MS: '1000',
  ASK_TIMEOUT_MS: '5000',
});

/** The most memory of each process, in the order of the services. */
const watchAll = ({ services }: World) => {
  const watches = services.map((each) => watchMemory(each.pid() ?? 0));
  return {
    mb: () => watches.map((watch) => watch.mb()),
    stop: () => Promise.all(watches.map((watch) => watch.stop())),
  };
};

const isAnswer = (status: number): boolean => status === 200;
const p99 = (asked: readonly Asked[]): number => timeOf(asked, 0.99, isAnswer);

// So long ago told, a caller was not under way already.
const toldMsMin = 500;

const verdict = async (stage: Stage, rounds: readonly Round[]) => {
  const { world, registrations, uploads } = stage;
  const { gradient } = world.emulators;
  const taught = [stage.victim, ...stage.others].map(({ name }) => name);
  const early = await gradient.earlyReturns();
  const journal = await gradient.journal();
  const others = rounds.flatMap((round) => round.others);
  return {
    ...(await judge(
      world,
      {
        sent: [...taught, ...registrations.sent],
        acknowledged: new Set([...taught, ...registrations.acknowledged]),
      },
      taught,
    )),
    uploads: uploads.length,
    unfinished_uploads: uploads.length - (await countDone(world, { names: [], uploads })),
    done_too_early: rounds.reduce((sum, { doneTooEarly }) => sum + doneTooEarly, 0),
    others_asked: others.length,
    others_failed: others.filter(({ status }) => !isAnswer(status)).length,
    unanswered: rounds.flatMap(({ ofVictim }) => ofVictim).filter(({ status }) => status === 0).length,
    told_to_wait: journal.filter(({ status }) => status === 429).length,
    returned_early: early.filter(({ toldMsAgo }) => toldMsAgo > toldMsMin).length,
    told_max_ms_ago: Math.max(0, ...early.map(({ toldMsAgo }) => toldMsAgo)),
    redirects_followed: journal.filter(({ path }) => path === '/followed-a-redirect').length,
    violations: (await gradient.violations()).length,
    crashes: world.crashes().length,
  };
};

const timesOf = (calm: Round, rounds: readonly Round[]) => {
  const hostile = p99(rounds.flatMap(({ others }) => others));
  const openedMs = rounds.flatMap((round) =>
    round.neverOpened.length > 0 ? [Infinity] : [...round.openedMs.values()],
  );
  return {
    opened_max_ms: Math.round(Math.min(99_999, Math.max(0, ...openedMs))),
    p99_calm_ms: p99(calm.others),
    p99_ms: hostile,
    p99_ratio: Math.round((100 * hostile) / p99(calm.others)) / 100,
  };
};
