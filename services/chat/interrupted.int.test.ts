import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually } from '../../tests/support/eventually.ts';
import { chat } from './service.ts';
import { text } from './testing/agent.ts';
import { openWorld, type ChatWorld } from './testing/world.ts';

let world: ChatWorld;
beforeAll(async () => {
  world = await openWorld();
  await world.start(chat);
});
afterAll(() => world.close());
beforeEach(() =>
  world.agent.script(({ say, end }) => {
    say(text('Hello.'));
    end();
  }),
);

/** What a process leaves behind that died while it answered. */
const leaveTurn = async (sessionId: string, clientMessageId: string, leaseMs: number): Promise<void> => {
  const questionId = randomUUID();
  await world.sql(
    `insert into conversation_history (id, session_id, domain_id, user_id, role, content, status, client_message_id)
     values ($1, $2, $3, 'visitor', 'user', 'How long is delivery?', 'pending', $4)`,
    [questionId, sessionId, world.domainId, clientMessageId],
  );
  await world.sql(
    `insert into running_turns (session_id, domain_id, question_id, token, lease_until)
     values ($1, $2, $3, $4, now() + $5 * interval '1 millisecond')`,
    [sessionId, world.domainId, questionId, randomUUID(), leaseMs],
  );
};

it('a question sent again to any replica while it is answered gets that one answer', async () => {
  const session_id = await world.openSession();
  const open = world.agent.hold('Slow.');
  const before = world.agent.requests.length;
  const answers = Promise.all(
    Array.from({ length: 6 }, () => world.ask({ session_id, client_message_id: 'everywhere' })),
  );
  await eventually(() => world.agent.requests.length > before);
  open();
  expect(new Set((await answers).map(({ message_id }) => message_id)).size).toBe(1);
  expect(world.agent.requests.length).toBe(before + 1);
});

it('a question whose process died is answered when its lease is over, once, however many send it again', async () => {
  const session_id = await world.openSession();
  await leaveTurn(session_id, 'left', 500);
  const before = world.agent.requests.length;
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => world.ask({ session_id, client_message_id: 'left' })),
  );
  expect(new Set(answers.map(({ message_id }) => message_id)).size).toBe(1);
  expect(world.agent.requests.length).toBe(before + 1);
  expect(await world.statusesOf(session_id)).toEqual(['user answered', 'assistant answered']);
});

it('a question whose process died and that nobody sends again is ended by the sweeper, and told of once', async () => {
  const sessions = await Promise.all(Array.from({ length: 20 }, () => world.openSession()));
  for (const session_id of sessions) await leaveTurn(session_id, 'left', 0);
  await eventually(async () => (await world.sql('select * from running_turns')).length === 0, 10_000);
  for (const session_id of sessions) {
    expect(await world.statusesOf(session_id)).toEqual(['user failed interrupted']);
    expect(await world.eventNames(session_id)).toEqual(['SessionOpened', 'AnswerFailed']);
  }
});
