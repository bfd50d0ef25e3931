import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../shared/contracts/chat.ts';
import { eventually } from '../../tests/support/eventually.ts';
import { text } from './testing/agent.ts';
import { openWorld, type ChatWorld } from './testing/world.ts';

let world: ChatWorld;
beforeAll(async () => {
  // A whole turn has 2.5 s here.
  world = await openWorld({ ASK_TIMEOUT_MS: '2500' });
});
afterAll(() => world.close());

describe('an agent in trouble', () => {
  const cases: readonly (readonly [string, Parameters<ChatWorld['agent']['script']>[0]])[] = [
    ['answers garbage', ({ response }) => void response.writeHead(200).end('<html>oops</html>')],
    ['streams garbage', ({ response }) => void response.writeHead(200).end('data: {nonsense\n\n')],
    ['hangs before the first byte', () => undefined],
    ['hangs after the first words', ({ say }) => say(text('Delivery'))],
    [
      'sends keep-alives and no words',
      ({ response }) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const timer = setInterval(() => response.write(': still here\n\n'), 50);
        response.on('close', () => clearInterval(timer));
      },
    ],
    [
      'ends early',
      ({ say, response }) => {
        say(text('Deliv'));
        response.end();
      },
    ],
    [
      'breaks off',
      ({ say, response }) => {
        say(text('Deliv'));
        setTimeout(() => response.destroy(), 20);
      },
    ],
    [
      'reports an error in the stream',
      ({ say, end }) => {
        say(text('Deliv'));
        say({ error: { message: 'boom' } });
        end();
      },
    ],
    ['says nothing', ({ end }) => end()],
    ['answers 500', ({ response }) => void response.writeHead(500).end('{}')],
    [
      'writes without end',
      async ({ response, say }) => {
        while (!response.destroyed) {
          say(text('word '.repeat(200)));
          await new Promise((next) => setTimeout(next, 1));
        }
      },
    ],
    [
      'thinks without end',
      async ({ response, say }) => {
        say(text('<think>'));
        while (!response.destroyed) {
          say(text('hm '.repeat(100)));
          await new Promise((next) => setTimeout(next, 20));
        }
      },
    ],
    [
      'sends one endless line',
      async ({ response }) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: ');
        while (!response.destroyed) {
          response.write('x'.repeat(100_000));
          await new Promise((next) => setTimeout(next, 1));
        }
      },
    ],
    [
      'sends passages without end',
      async ({ response, say }) => {
        const passage = { chunk_id: 1, page_content: 'x'.repeat(100_000) };
        while (!response.destroyed) {
          say({ choices: [], retrieval: { retrieved_data: [passage] } });
          await new Promise((next) => setTimeout(next, 1));
        }
      },
    ],
    ['answers 422', ({ response }) => void response.writeHead(422).end('{"detail":[]}')],
  ];

  it.each(cases)('that %s ends in one clear failure, and the question is kept', async (_, script) => {
    const session_id = await world.openSession();
    world.agent.script(script);
    const startedAt = Date.now();
    await expect(world.ask({ session_id })).rejects.toMatchObject({ code: 'agent_unavailable', retryAfterMs: 2_000 });
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    expect(await world.statusesOf(session_id)).toEqual(['user failed agent_unavailable']);
    expect(await world.eventNames(session_id)).toEqual(['SessionOpened', 'AnswerFailed']);
    expect(await world.sql('select * from running_turns where session_id = $1', [session_id])).toEqual([]);
  });

  it('that says it is gone is reported, so that provisioning looks', async () => {
    const session_id = await world.openSession();
    const before = world.checked.length;
    world.agent.script(({ response }) => void response.writeHead(404).end('{}'));
    await expect(world.ask({ session_id })).rejects.toMatchObject({ code: 'agent_unavailable' });
    await eventually(() => world.checked.length > before);
  });

  it('that refuses the key is asked once more with another', async () => {
    world.agent.script(({ request, response, say, end }) => {
      if (request.key === 'first-key') return void response.writeHead(401).end('{"detail":"Invalid access token"}');
      say(text('With the new key.'));
      end();
    });
    expect(await world.ask({ session_id: await world.openSession() })).toMatchObject({ answer: 'With the new key.' });
    expect(world.renewals).toHaveLength(1);
  });

  it('that refuses every key fails after one renewal', async () => {
    const before = world.renewals.length;
    world.agent.script(({ response }) => void response.writeHead(403).end('{}'));
    const session_id = await world.openSession();
    await expect(world.ask({ session_id })).rejects.toMatchObject({ code: 'agent_unavailable' });
    expect(world.renewals).toHaveLength(before + 1);
  });
});

it('a visitor who leaves stops the agent, and the question is marked interrupted', async () => {
  const session_id = await world.openSession();
  const before = world.agent.abandoned();
  world.agent.script(({ say }) => {
    say(text('One'));
  });
  const leaving = new AbortController();
  const input = { domain_id: world.domainId, session_id, question: 'Bye?' };
  const reading = (async () => {
    for await (const frame of world.bus.askStream(ask, input, { ...world.context(), signal: leaving.signal })) {
      if (frame.type === 'token') leaving.abort();
    }
  })();
  await reading.catch(() => undefined);
  await eventually(async () => (await world.statusesOf(session_id))[0] === 'user failed interrupted');
  await eventually(() => world.agent.abandoned() > before);
});
