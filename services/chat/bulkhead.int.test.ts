import { afterAll, beforeAll, expect, it } from 'vitest';
import { startAgent, text, type FakeAgent } from './testing/agent.ts';
import { openWorld, type ChatWorld } from './testing/world.ts';

const hangingId = '0191d5a0-0000-7000-8000-00000000dead';
let world: ChatWorld;
let hanging: FakeAgent;
beforeAll(async () => {
  world = await openWorld({ ASK_CONCURRENCY_MAX: '20', ASK_DOMAIN_CONCURRENCY_MAX: '10' });
  hanging = await startAgent();
  hanging.script(() => undefined);
  world.agent.script(({ say, end }) => {
    say(text('Hello.'));
    end();
  });
  const { access } = world.neighbours;
  world.neighbours.access = async (input, call) => {
    const known = await access(input, call);
    return input.domain_id === hangingId ? { ...known, endpoint: hanging.endpoint } : known;
  };
});
afterAll(async () => {
  await world.close();
  await hanging.stop();
});

const rounds = 40;

/** Milliseconds of the slowest but one of `rounds` answers, four at a time. */
const slowAnswerMs = async (): Promise<number> => {
  const times: number[] = [];
  const lane = async (): Promise<void> => {
    const session_id = await world.openSession();
    for (let round = 0; round < rounds / 4; round += 1) {
      const startedAt = performance.now();
      await world.ask({ session_id });
      times.push(performance.now() - startedAt);
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  return times.sort((left, right) => right - left)[1] ?? 0;
};

it('a site whose agent hangs is held to its own places, and others are answered as before', async () => {
  await slowAnswerMs();
  const before = await slowAnswerMs();
  const crowd = await Promise.all(Array.from({ length: 30 }, () => world.openSession('visitor', hangingId)));
  const outcomes = Promise.allSettled(crowd.map((session_id) => world.ask({ domain_id: hangingId, session_id })));
  const during = await slowAnswerMs();
  const codes = (await outcomes).map(
    (outcome) => (outcome.status === 'rejected' ? outcome.reason : undefined) as unknown,
  );
  expect(codes.filter((reason) => (reason as { code: string }).code === 'rate_limited')).toHaveLength(20);
  expect(codes.filter((reason) => (reason as { code: string }).code === 'agent_unavailable')).toHaveLength(10);
  // Twice the time of calm, with room for one hiccup of a busy machine.
  expect(during).toBeLessThan(2 * before + 150);
});
