import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHttp } from '../../shared/http/client.ts';
import { isHeldBack } from '../../shared/http/held-back.ts';
import { createOutsideSystem, type OutsideSystem } from '../../shared/http/outside-system.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { createAgentClient, type AgentClient } from './client.ts';
import { startAgent, text, type FakeAgent, type Script } from './testing/agent.ts';

const restMs = 10_000;
const unavailableCode = 'agent_unavailable';

let agent: FakeAgent;
let client: AgentClient;
let agents: OutsideSystem;
let aheadMs: number;
let closeAll: () => Promise<void>;
beforeEach(async () => {
  aheadMs = 0;
  const clock = { ...systemClock, now: () => Date.now() + aheadMs };
  agent = await startAgent();
  const http = createHttp({ unavailableCode, clock });
  agents = createOutsideSystem({ name: 'agent', unavailableCode, callsMax: 4, restMs, clock });
  client = createAgentClient({ http, agents, firstTokenMs: 250, idleMs: 250 });
  closeAll = async () => {
    http.close();
    agents.close();
    await agent.stop();
  };
});
afterEach(() => closeAll());

/** What the visitor gets: the words, or the failure. */
const ask = async (signal = new AbortController().signal): Promise<unknown> => {
  try {
    let words = '';
    for await (const chunk of await client.complete({ endpoint: agent.endpoint, accessKey: 'key' }, [], signal)) {
      words += chunk.text;
    }
    return words;
  } catch (thrown) {
    return thrown;
  }
};

const heading: Script = ({ response }) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
};
const broken: readonly (readonly [string, Script])[] = [
  ['sends headers and hangs', heading],
  ['says who it is and hangs', ({ say }) => say({ choices: [{ delta: { role: 'assistant', content: '' } }] })],
  ['breaks off before a word', ({ response }) => void response.writeHead(200).end('data: {nonsense\n\n')],
  ['reports an error instead of words', ({ say }) => say({ error: { message: 'boom' } })],
];

test.each(broken)('five answers over a minute of an agent that %s open its breaker', async (_, script) => {
  agent.script(script);
  for (let time = 0; time < 5; time += 1) {
    expect(isHeldBack(await ask())).toBe(false);
    aheadMs += 12_000;
  }
  aheadMs -= 12_000;
  expect(isHeldBack(await ask())).toBe(true);
  expect(agent.requests).toHaveLength(5);
});

test('headers alone do not close a breaker again, words do, and they reach the visitor whole', async () => {
  agent.script(heading);
  for (let time = 0; time < 5; time += 1) await ask();
  aheadMs += restMs;
  expect(isHeldBack(await ask())).toBe(false);
  expect(isHeldBack(await ask())).toBe(true);
  aheadMs += restMs;
  agent.script(({ say, end }) => {
    say(text(''));
    say(text('I am '));
    say(text('back.'));
    end();
  });
  expect(await ask()).toBe('I am back.');
  expect(await ask()).toBe('I am back.');
});

test('a visitor who leaves before the first word is no failure of the agent', async () => {
  agent.script(heading);
  for (let time = 0; time < 6; time += 1) await ask(AbortSignal.timeout(20));
  expect(agents.isDegraded()).toBe(false);
});

test('words that nobody reads any more end the connection', async () => {
  agent.script(({ say }) => say(text('One')));
  const chunks = await client.complete(
    { endpoint: agent.endpoint, accessKey: 'key' },
    [],
    new AbortController().signal,
  );
  for await (const chunk of chunks) {
    expect(chunk.text).toBe('One');
    break;
  }
  await expect.poll(() => agent.abandoned()).toBe(1);
});
