import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getConversation } from '../../shared/contracts/chat.ts';
import { agentFailed, kbAttached } from '../../shared/contracts/provisioning.ts';
import { Failure } from '../../shared/errors/failure.ts';
import { envelopeFor } from '../../shared/outbox/outbox.ts';
import { eventually } from '../../tests/support/eventually.ts';
import { text } from './testing/agent.ts';
import { openWorld, type ChatWorld, type Neighbours } from './testing/world.ts';

let world: ChatWorld;
let calm: Neighbours;
beforeAll(async () => {
  world = await openWorld({ ASK_SEARCH_TIMEOUT_MS: '300', AGENT_ACCESS_TTL_MS: '1' });
  calm = { ...world.neighbours };
});
afterAll(() => world.close());
beforeEach(() => {
  world.neighbours.search = async () => ({ passages });
});
afterEach(() => Object.assign(world.neighbours, calm));

const documentId = randomUUID();
const passages = [
  {
    document_id: documentId,
    document: 'Shipping guide',
    url: 'https://shop.example/shipping',
    heading: 'Shipping > Delivery',
    page: 2,
    text: 'We ship every weekday. Delivery takes two days [4].',
    answer: 'Delivery takes two days [4].',
  },
];
const expected = {
  answer: 'Delivery takes two days. [1]',
  sources: ['https://shop.example/shipping'],
  citations: [
    {
      index: 1,
      document_id: documentId,
      document: 'Shipping guide',
      heading: 'Shipping > Delivery',
      page: 2,
      url: 'https://shop.example/shipping',
      quote: 'Delivery takes two days [4].',
    },
  ],
  grounded: true,
  memories_used: 0,
  degraded: ['search_only'],
};

describe('when the agent fails before its first word', () => {
  const cases: readonly (readonly [string, Parameters<ChatWorld['agent']['script']>[0]])[] = [
    ['answers 500', ({ response }) => void response.writeHead(500).end('{}')],
    ['is busy', ({ response }) => void response.writeHead(429).end('{}')],
    ['cuts the connection', ({ response }) => void response.destroy()],
    ['hangs', () => undefined],
    ['answers garbage', ({ response }) => void response.writeHead(200).end('<html>oops</html>')],
    ['says nothing', ({ end }) => end()],
    [
      'only thinks',
      ({ say, end }) => {
        say(text('<think>Delivery, delivery'));
        end();
      },
    ],
    [
      'refuses every key',
      ({ response }) => {
        response.writeHead(401).end('{}');
      },
    ],
  ];

  it.each(cases)('(it %s) the documents answer, marked, in the frames, the store and the event', async (_, script) => {
    const session_id = await world.openSession();
    world.agent.script(script);
    const asked = { session_id, client_message_id: 'once' };
    const frames = await world.frames(asked);
    expect(frames.map(({ type }) => type)).toEqual(['meta', 'token', 'citation', 'end']);
    const last = frames.at(-1);
    expect(last).toMatchObject({ type: 'end', answer: expected });
    expect(await world.statusesOf(session_id)).toEqual(['user answered', 'assistant answered']);
    const { messages } = await world.bus.ask(
      getConversation,
      { domain_id: world.domainId, session_id },
      world.context(),
    );
    expect(messages.map(({ degraded }) => degraded)).toEqual([[], ['search_only']]);
    const events = await world.sql(
      `select envelope->'data'->'degraded' as degraded from outbox
       where envelope->>'name' = 'QuestionAnswered' and envelope->'data'->>'session_id' = $1`,
      [session_id],
    );
    expect(events).toEqual([{ degraded: ['search_only'] }]);
    expect((await world.frames(asked)).at(-1)).toEqual(last);
  });
});

it('after the agent’s first word nothing is mixed in: the turn fails', async () => {
  const session_id = await world.openSession();
  world.agent.script(({ say, response }) => {
    say(text('Delivery takes'));
    setTimeout(() => response.destroy(), 50);
  });
  await expect(world.ask({ session_id })).rejects.toMatchObject({ code: 'agent_unavailable' });
  expect(await world.statusesOf(session_id)).toEqual(['user failed agent_unavailable']);
});

describe('when the documents say nothing either', () => {
  beforeEach(() => world.agent.script(({ response }) => void response.writeHead(503).end('{}')));
  const cases: readonly (readonly [string, Neighbours['search']])[] = [
    ['nothing is found', async () => ({ passages: [] })],
    ['the search is silent', () => new Promise(() => undefined)],
    ['the search fails', () => Promise.reject(new Failure('overloaded'))],
    ['the search answers garbage', async () => ({ passages: [{ answer: 'half' }] }) as never],
  ];
  it.each(cases)('(%s) the asker is told so, with a time to come back', async (_, search) => {
    const session_id = await world.openSession();
    world.neighbours.search = search;
    const startedAt = Date.now();
    await expect(world.ask({ session_id })).rejects.toMatchObject({ code: 'agent_unavailable', retryAfterMs: 2_000 });
    expect(Date.now() - startedAt).toBeLessThan(2_000);
    expect(await world.statusesOf(session_id)).toEqual(['user failed agent_unavailable']);
  });
});

describe('when provisioning does not answer', () => {
  const away = async (): Promise<never> => {
    throw new Failure('service_unavailable');
  };
  const hello = () =>
    world.agent.script(({ say, end }) => {
      say(text('Hello.'));
      end();
    });

  it('a known agent is asked all the same, past the time it is trusted for and after changes', async () => {
    const session_id = await world.openSession();
    hello();
    await world.ask({ session_id });
    world.neighbours.access = away;
    expect(await world.ask({ session_id })).toMatchObject({ answer: 'Hello.', degraded: [] });
    const { domainId } = world;
    const data = { agent_uuid: 'a', kb_uuid: 'k' };
    await world.bus.publish(kbAttached, envelopeFor(world.clock, kbAttached, { domainId, data }));
    expect(await world.ask({ session_id })).toMatchObject({ answer: 'Hello.' });
  });

  it('an agent that failed for good meanwhile is not', async () => {
    const session_id = await world.openSession();
    hello();
    await world.ask({ session_id });
    world.neighbours.access = away;
    const { domainId } = world;
    const data = { code: 'agent_failed', detail: 'The cloud could not deploy it' };
    await world.bus.publish(agentFailed, envelopeFor(world.clock, agentFailed, { domainId, data }));
    await eventually(async () => (await world.ask({ session_id })).degraded.includes('search_only'));
  });

  it('and no agent is known, the documents answer', async () => {
    const strangers = await openWorld({ ASK_SEARCH_TIMEOUT_MS: '300' });
    try {
      Object.assign(strangers.neighbours, { access: away, search: async () => ({ passages }) });
      const session_id = await strangers.openSession();
      expect(await strangers.ask({ session_id })).toMatchObject(expected);
      expect(strangers.agent.requests).toHaveLength(0);
    } finally {
      await strangers.close();
    }
  });
});
