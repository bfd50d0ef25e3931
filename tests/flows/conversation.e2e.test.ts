import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Site } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { startSystem, type System } from '../support/system.ts';

const guide = `# Guide

## Opening hours

We are open from Tuesday to Saturday, from ten to six.

## Repairs

A watch repair takes eleven working days and costs from forty euros.

## Engraving

Engraving is free for every watch bought here.
`;

let system: System;
let site: Site;
let other: Site;

beforeAll(async () => {
  // A breath between words, so that a stream can be left in its middle.
  system = await startSystem({ clouds: { tokenMs: 2 }, env: { RECALL_TIMEOUT_MS: '3000' } });
  site = await system.api.register('watch.example');
  other = await system.api.register('clock.example', { memori_api_key: 'a-good-memori-key' });
  await Promise.all([site.untilState('ready'), other.untilState('ready')]);
  await Promise.all([site.teach('guide.md', guide), other.teach('guide.md', guide)]);
});
afterEach(async () => {
  await Promise.all([system.clouds.gradient.clearFaults(), system.clouds.memori.clearFaults()]);
});
afterAll(async () => {
  expect(await system.clouds.gradient.violations()).toEqual([]);
  expect(await system.clouds.memori.violations()).toEqual([]);
  await system.stop();
});

describe('an answer', () => {
  test('whole, as JSON, says where it comes from', async () => {
    const { session_id } = await site.openSession();
    const answer = await site.ask('How long does a watch repair take?', { session_id });
    expect(answer).toMatchObject({ session_id, sources: ['guide.md'], grounded: true, memories_used: 0, degraded: [] });
    expect(answer.answer).toContain('eleven working days');
    expect(answer.answer).toContain('[1]');
    expect(answer.answer).not.toMatch(/\[\[C/);
    expect(answer.citations[0]).toMatchObject({ index: 1, document: 'guide.md', heading: 'Guide > Repairs' });
    expect(answer.citations[0]?.quote).toContain('eleven working days');
  });

  test('as a stream is the same answer, in order, word by word', async () => {
    const { session_id } = await site.openSession();
    const stream = await site.streamQuestion('How long does a watch repair take?', { session_id });
    await stream.ended;
    const events = stream.events();
    const kinds = events.map(({ event }) => event);
    expect(kinds[0]).toBe('meta');
    expect(kinds.at(-1)).toBe('end');
    const tokens = events.filter(({ event }) => event === 'token').map(({ data }) => (data as { text: string }).text);
    expect(tokens.length).toBeGreaterThan(3);
    const end = events.at(-1)?.data as { answer: string; citations: unknown[] };
    expect(tokens.join('')).toBe(end.answer);
    expect(events.filter(({ event }) => event === 'citation').map(({ data }) => data)).toEqual(end.citations);
    expect((await site.conversation(session_id)).messages.at(-1)?.content).toBe(end.answer);
  });

  test('to what no document says is an honest no', async () => {
    const answer = await site.ask('Do you sell submarine spare parts in Patagonia?');
    expect(answer).toMatchObject({ grounded: false, citations: [], sources: [] });
    expect(answer.answer).toMatch(/don.t know|do not know|could not find|couldn.t find/i);
    expect(answer.answer).not.toMatch(/eleven|engrav|Tuesday/i);
  });

  test('leans on the conversation: a short follow-up is understood', async () => {
    const { session_id } = await site.openSession();
    await site.ask('How long does a watch repair take?', { session_id });
    const answer = await site.ask('And what does it cost?', { session_id });
    expect(answer.answer).toContain('forty euros');
  });
});

describe('a conversation', () => {
  test('is kept in order, questions and answers', async () => {
    const { session_id, user_id } = await site.openSession('ada');
    const questions = ['When are you open?', 'How long does a watch repair take?', 'Is engraving free?'];
    for (const question of questions) await site.ask(question, { session_id });
    const conversation = await site.conversation(session_id);
    expect(conversation).toMatchObject({ session_id, user_id, total_messages: 6 });
    expect(conversation.messages.map(({ role }) => role)).toEqual(questions.flatMap(() => ['user', 'assistant']));
    expect(conversation.messages.filter(({ role }) => role === 'user').map(({ content }) => content)).toEqual(
      questions,
    );
  });

  test('a question sent twice under one client_message_id is answered once', async () => {
    const { session_id } = await site.openSession();
    const more = { session_id, client_message_id: 'once' };
    const first = await site.ask('When are you open?', more);
    expect(await site.ask('When are you open?', more)).toEqual(first);
    expect((await site.conversation(session_id)).total_messages).toBe(2);
  });

  test('five sends of one question at the same moment end with one stored answer', async () => {
    const { session_id } = await site.openSession();
    const more = { session_id, client_message_id: 'at-once' };
    const ids = await Promise.all(
      Array.from({ length: 5 }, () =>
        eventually(async () => {
          const reply = await site.sendQuestion('Is engraving free?', more);
          if (reply.status === 409) return undefined;
          expect(reply.status).toBe(200);
          return (reply.body as { message_id: string }).message_id;
        }, 20_000),
      ),
    );
    expect(new Set(ids).size).toBe(1);
    expect((await site.conversation(session_id)).total_messages).toBe(2);
  });

  test('a visitor who leaves in the middle leaves a question that can be asked again', async () => {
    const { session_id } = await site.openSession();
    const more = { session_id, client_message_id: 'left' };
    const stream = await site.streamQuestion('How long does a watch repair take?', more);
    await eventually(() => stream.events().some(({ event }) => event === 'token'));
    stream.leave();
    const answer = await eventually(async () => {
      const reply = await site.sendQuestion('How long does a watch repair take?', more);
      return reply.status === 200 && (reply.body as { answer: string }).answer;
    }, 20_000);
    expect(answer).toContain('eleven working days');
    expect((await site.conversation(session_id)).total_messages).toBe(2);
  });
});

describe("somebody else's session", () => {
  test('is as missing as one that never was', async () => {
    const { session_id } = await site.openSession('ada');
    await site.ask('When are you open?', { session_id, user_id: 'ada' });
    const missing = '00000000-0000-4000-8000-000000000002';
    const asOther = async (path: string, body?: unknown) => {
      const reply = await other.asVisitor(path, { body, headers: { 'x-request-id': 'the-same' } });
      return { status: reply.status, text: reply.text };
    };
    for (const path of ['/sessions/:id', '/conversations/:id', '/sessions/:id/conversations']) {
      const theirs = await asOther(`${path.replace(':id', session_id)}?user_id=ada`);
      expect(theirs).toMatchObject({ status: 404 });
      expect(theirs).toEqual(await asOther(`${path.replace(':id', missing)}?user_id=ada`));
    }
    const asked = await asOther('/ask', { question: 'When are you open?', session_id });
    expect(asked).toMatchObject({ status: 404 });
    expect(asked).toEqual(await asOther('/ask', { question: 'When are you open?', session_id: missing }));
    expect((await site.conversation(session_id)).total_messages).toBe(2);
  });

  test('of the same site but another visitor neither reads nor takes questions', async () => {
    const { session_id } = await site.openSession('ada');
    const path = `/conversations/${session_id}`;
    expect((await site.asVisitor(`${path}?user_id=ada`)).status).toBe(200);
    expect((await site.asVisitor(`${path}?user_id=eve`)).status).toBe(404);
    expect((await site.asVisitor(path)).status).toBe(404);
    const reply = await site.sendQuestion('When are you open?', { session_id, user_id: 'eve' });
    expect(reply).toMatchObject({ status: 404, body: { code: 'session_unknown' } });
  });
});

describe('memory', () => {
  const tell = async (at: Site, userId: string, words: string): Promise<void> => {
    const { session_id } = await at.openSession(userId);
    await at.ask(words, { session_id, user_id: userId });
    await eventually(async () => {
      const reply = await at.asOwner(`/memory/users/${userId}`);
      return reply.text.includes(words);
    });
  };
  const askAnew = async (at: Site, userId: string, question: string) => {
    const { session_id } = await at.openSession(userId);
    return at.ask(question, { session_id, user_id: userId });
  };

  test('finds in a new session what the visitor told before; nobody else does', async () => {
    await tell(site, 'grace', 'My favourite strap colour is vermilion.');
    const remembered = await askAnew(site, 'grace', 'What is my favourite strap colour?');
    expect(remembered.answer).toContain('vermilion');
    expect(remembered.memories_used).toBeGreaterThan(0);
    for (const [at, userId] of [
      [site, 'heidi'],
      [other, 'grace'],
      [site, 'anonymous'],
    ] as const) {
      const answer = await askAnew(at, userId, 'What is my favourite strap colour?');
      expect(answer).toMatchObject({ memories_used: 0 });
      expect(answer.answer).not.toContain('vermilion');
    }
  });

  test('forgets a visitor on demand', async () => {
    await tell(site, 'ivan', 'My cat is called Bartholomew.');
    const reply = await site.asOwner('/memory/users/ivan', { method: 'DELETE' });
    expect(reply).toMatchObject({ status: 200, body: { user_id: 'ivan', remote_copies: [] } });
    expect((reply.body as { forgotten: number }).forgotten).toBeGreaterThan(0);
    expect((await askAnew(site, 'ivan', 'What is my cat called?')).answer).not.toContain('Bartholomew');
  });

  test('goes to Memori too for a site with a key of its own; without Memori the answer still comes and says so', async () => {
    await tell(other, 'judy', 'My ring size is fifty-four.');
    await eventually(async () => (await system.clouds.memori.journal()).some(({ path }) => path === '/v1/chat'));
    await system.clouds.memori.fault({ action: 'status', status: 503, times: 1_000 });
    const answer = await askAnew(other, 'judy', 'How long does a watch repair take?');
    expect(answer).toMatchObject({ grounded: true, degraded: ['memori'] });
    expect(answer.answer).toContain('eleven working days');
    expect((await askAnew(other, 'judy', 'What is my ring size?')).answer).toContain('fifty-four');
  });
});

test('while memory cannot answer, the answer comes without it and says so', async () => {
  const { session_id } = await site.openSession('kim');
  const blocker = new Client({ connectionString: system.databaseUrl });
  await blocker.connect();
  try {
    await blocker.query('begin; lock table memory_turns in access exclusive mode');
    const answer = await site.ask('How long does a watch repair take?', { session_id, user_id: 'kim' });
    expect(answer).toMatchObject({ grounded: true, memories_used: 0, degraded: ['memory'] });
  } finally {
    await blocker.end();
  }
  const answer = await site.ask('Is engraving free?', { session_id, user_id: 'kim' });
  expect(answer.degraded).toEqual([]);
});

describe('an agent that', () => {
  const agentPath = { path_prefix: '/agent/' };
  const faults = [
    { action: 'status', status: 500 },
    { action: 'status', status: 429, retry_after: 1 },
    { action: 'reset' },
    { action: 'garbage' },
  ];

  // The endpoint is left alone for a while after it failed, or for as long as it said.
  const untilAsked = (): Promise<boolean> =>
    eventually(async () => (await site.ask('When are you open?')).degraded.length === 0);
  beforeEach(untilAsked);

  test.each(faults)('fails with %j leaves the answer to the documents, marked, and it stays', async (fault) => {
    const { session_id } = await site.openSession();
    const more = { session_id, client_message_id: 'quoted' };
    await system.clouds.gradient.fault({ match: agentPath, times: 100, ...fault });
    const quoted = await site.ask('How long does a watch repair take?', more);
    expect(quoted).toMatchObject({ grounded: true, sources: ['guide.md'], degraded: ['search_only'] });
    expect(quoted.answer).toContain('eleven working days');
    expect(quoted.citations[0]).toMatchObject({ index: 1, document: 'guide.md', heading: 'Guide > Repairs' });
    const { messages } = await site.conversation(session_id);
    expect(messages.map(({ degraded }) => degraded)).toEqual([[], ['search_only']]);
    await system.clouds.gradient.clearFaults();
    expect(await site.ask('How long does a watch repair take?', more)).toEqual(quoted);
    await untilAsked();
    expect(await site.ask('When are you open?', { session_id })).toMatchObject({ degraded: [] });
  });

  test.each(faults)('fails with %j, as the documents do, gives 503; the question can be asked again', async (fault) => {
    const { session_id } = await site.openSession();
    const more = { session_id, client_message_id: 'kept' };
    const unanswerable = 'Who won the football cup in Madrid?';
    await system.clouds.gradient.fault({ match: agentPath, times: 100, ...fault });
    const reply = await site.sendQuestion(unanswerable, more);
    expect(reply).toMatchObject({ status: 503, body: { code: 'agent_unavailable' } });
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThanOrEqual(fault.retry_after ?? 1);
    expect((await site.conversation(session_id)).messages).toMatchObject([{ role: 'user', content: unanswerable }]);
    await system.clouds.gradient.clearFaults();
    await untilAsked();
    expect((await site.ask(unanswerable, more)).answer).toContain("I don't know");
    expect((await site.conversation(session_id)).total_messages).toBe(2);
  });

  test.each(['midstream_error', 'midstream_reset'])('breaks off (%s) ends the stream with an error', async (action) => {
    const { session_id } = await site.openSession();
    await system.clouds.gradient.fault({ match: agentPath, action });
    const stream = await site.streamQuestion('How long does a watch repair take?', { session_id });
    await stream.ended;
    expect(stream.events().at(-1)).toMatchObject({ event: 'error', data: { code: 'agent_unavailable', status: 503 } });
    expect((await site.conversation(session_id)).messages.map(({ role }) => role)).toEqual(['user']);
  });
});

test('the key of an agent that no longer opens is renewed unseen', async () => {
  const { gradient } = system.clouds;
  await gradient.fault({ match: { path_prefix: '/agent/' }, action: 'status', status: 401 });
  expect((await site.ask('When are you open?')).answer).toContain('Tuesday');
  expect((await gradient.counts())['agent_keys']).toBe(2);
});

const tablesOfDomain = [
  'knowledge_bases',
  'documents',
  'jobs',
  'user_sessions',
  'conversation_history',
  'memory_turns',
  'memory_accounts',
  'memory_deliveries',
];

test('a domain that is removed leaves nothing, here or in the cloud', async () => {
  const { api, clouds, sql } = system;
  const before = await clouds.gradient.counts();
  const gone = await api.register('gone.example', { memori_api_key: 'another-good-key' });
  await gone.untilState('ready');
  await gone.teach('gone.txt', 'The attic window faces the lighthouse.');
  const { session_id } = await gone.openSession('mallory');
  await gone.ask('My lucky number is ninety-one.', { session_id, user_id: 'mallory' });
  await eventually(async () => (await gone.asOwner('/memory/users/mallory')).text.includes('ninety-one'));

  const reply = await api.asAdmin(`/domains/${gone.domainId}`, { method: 'DELETE' });
  expect(reply).toMatchObject({ status: 200, body: { state: 'deleting' } });
  await eventually(async () => (await api.asAdmin(`/domains/${gone.domainId}`)).status === 404, 30_000);
  for (const table of tablesOfDomain) {
    await eventually(
      async () => (await sql(`select 1 from ${table} where domain_id = $1`, [gone.domainId])).length === 0,
      20_000,
    );
  }
  expect(await sql('select 1 from agents where website_url = $1', ['https://gone.example'])).toEqual([]);
  await eventually(async () => {
    const { agents, knowledge_bases, data_sources } = await clouds.gradient.counts();
    return (
      agents === before['agents'] &&
      knowledge_bases === before['knowledge_bases'] &&
      data_sources === before['data_sources']
    );
  }, 20_000);
  for (const path of ['/knowledge/documents', '/sessions', '/agents'])
    expect((await gone.asOwner(path)).status).toBe(401);
  expect((await gone.asVisitor('/session', { body: {} })).status).toBe(401);
  // The name is free again.
  await (await api.register('gone.example')).untilState('ready');
});
