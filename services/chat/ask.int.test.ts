import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../shared/contracts/chat.ts';
import { agentRunning } from '../../shared/contracts/provisioning.ts';
import { Failure } from '../../shared/errors/failure.ts';
import { envelopeFor } from '../../shared/outbox/outbox.ts';
import { eventually } from '../../tests/support/eventually.ts';
import { text } from './testing/agent.ts';
import { openWorld, type ChatWorld } from './testing/world.ts';

let world: ChatWorld;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
beforeEach(() =>
  world.agent.script(({ say, end }) => {
    say(text('Hello.'));
    end();
  }),
);

/** Asks several at once; when all but one were refused, lets the agent answer that one. */
const settleAround = async (
  open: () => void,
  count: number,
  askNo: (at: number) => Promise<Answer>,
): Promise<{ answers: Answer[]; refusals: unknown[] }> => {
  const refusals: unknown[] = [];
  const asked = Array.from({ length: count }, (_, at) =>
    askNo(at).catch((thrown: unknown) => void refusals.push(thrown)),
  );
  await eventually(() => refusals.length === count - 1);
  open();
  const answers = (await Promise.all(asked)).filter((answer) => answer !== undefined);
  return { answers, refusals };
};

describe('an answer', () => {
  it('comes without its pieces to who wants it whole, also when it is asked for again', async () => {
    const session_id = await world.openSession();
    const question = { session_id, user_id: 'visitor', client_message_id: 'whole', is_whole: true };
    const first = await world.frames(question);
    expect(first.map(({ type }) => type)).toEqual(['meta', 'end']);
    expect(await world.frames(question)).toEqual(first);
  });

  it('streams as it is written and ends with what was stored', async () => {
    const documentId = randomUUID();
    const passage = {
      chunk_id: 3,
      filename: `${documentId}.md`,
      page_content: 'We ship every weekday. Delivery takes two days.',
      metadata: { section_title: 'Shipping', page_number: 4 },
    };
    world.neighbours.sources = async ({ stored_names }) => ({
      sources: stored_names.map((stored_name) => ({
        stored_name,
        document_id: documentId,
        name: 'Shipping guide',
        type: 'pdf',
        source_url: null,
      })),
    });
    world.agent.script(({ say, end }) => {
      say(text('<think>hm</think>Delivery takes'));
      say(text(' two days [[C'));
      say(text('3]].'));
      say({ choices: [], citations: { citations: [passage] }, usage: { prompt_tokens: 9, completion_tokens: 4 } });
      end();
    });
    const session_id = await world.openSession();
    const frames = await world.frames({ session_id, user_id: 'visitor' });
    const citation = {
      index: 1,
      document_id: documentId,
      document: 'Shipping guide',
      heading: 'Shipping',
      page: 4,
      url: null,
      quote: 'Delivery takes two days.',
    };
    const shown = frames.flatMap((frame) => (frame.type === 'token' ? [frame.text] : [])).join('');
    expect(shown).toBe('Delivery takes two days [1].');
    expect(frames.map(({ type }) => type).filter((type) => type !== 'token')).toEqual(['meta', 'citation', 'end']);
    expect(frames.at(-1)).toEqual({
      type: 'end',
      answer: {
        message_id: frames[0]?.type === 'meta' ? frames[0].message_id : 'no meta',
        session_id,
        answer: 'Delivery takes two days [1].',
        sources: ['Shipping guide'],
        citations: [citation],
        grounded: true,
        memories_used: 0,
        degraded: [],
      },
    });
    expect(await world.statusesOf(session_id)).toEqual(['user answered', 'assistant answered']);
    expect(await world.eventNames(session_id)).toEqual(['SessionOpened', 'QuestionAnswered']);
    expect(await world.sql('select * from running_turns')).toEqual([]);
  });

  it('is asked for with the rules, the last turns and the question', async () => {
    const session_id = await world.openSession();
    await world.ask({ session_id, question: 'First?' });
    await world.ask({ session_id, question: 'Second?', website_context: 'Product page of a lamp' });
    const { messages } = world.agent.requests.at(-1)!;
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(messages.slice(1).map(({ content }) => content)).toEqual(['First?', 'Hello.', 'Second?']);
    expect(messages[0]!.content).toContain('- Product page of a lamp');
  });

  it('draws on what memory recalls, and says when there was none to ask', async () => {
    const session_id = await world.openSession();
    const memory = {
      id: randomUUID(),
      role: 'user',
      text: 'My order is 4711',
      said_at: new Date().toISOString(),
      session_id,
    } as const;
    world.neighbours.recall = async () => ({ memories: [memory], degraded: [] });
    expect(await world.ask({ session_id, user_id: 'visitor' })).toMatchObject({ memories_used: 1, degraded: [] });
    expect(world.agent.requests.at(-1)!.messages[0]!.content).toMatch(
      /\n\nWhat earlier conversations with this visitor say:\n- My order is 4711$/,
    );

    world.neighbours.recall = () => new Promise(() => undefined);
    const startedAt = Date.now();
    expect(await world.ask({ session_id, user_id: 'visitor' })).toMatchObject({ degraded: ['memory'] });
    expect(Date.now() - startedAt).toBeLessThan(1_000);
    world.neighbours.recall = async () => ({ memories: [], degraded: [] });
  });

  it('shows the stored name of a document when ours cannot be asked for', async () => {
    world.neighbours.sources = async () => {
      throw new Failure('service_unavailable');
    };
    world.agent.script(({ say, end }) => {
      say({
        ...text('Yes [[C1]].'),
        retrieval: { retrieved_data: [{ chunk_id: 1, filename: 'faq.md', page_content: 'Yes.' }] },
      });
      end();
    });
    const answer = await world.ask({ session_id: await world.openSession() });
    expect(answer).toMatchObject({ answer: 'Yes [1].', sources: ['faq.md'], grounded: true });
  });

  it('is stored whatever the agent counts or cites', async () => {
    world.agent.script(({ say, end }) => {
      const passage = { chunk_id: 1, filename: 'https://shop.example/a\u0000b\ud800', page_content: 'Yes.' };
      say({
        ...text('Yes [[C1]].'),
        citations: { citations: [passage] },
        usage: { prompt_tokens: 3_000_000_000, completion_tokens: 4 },
      });
      end();
    });
    const answer = await world.ask({ session_id: await world.openSession() });
    expect(answer).toMatchObject({ answer: 'Yes [1].', sources: ['https://shop.example/ab\ufffd'] });
  });

  it('without a passage behind it is passed on as it is, and not called grounded', async () => {
    world.agent.script(({ say, end }) => {
      say(text('I do not know that [[C9]].'));
      end();
    });
    const answer = await world.ask({ session_id: await world.openSession() });
    expect(answer).toMatchObject({ answer: 'I do not know that.', citations: [], grounded: false });
  });
});

describe('the same client message id', () => {
  it('gives the one stored answer again, and the agent is asked once', async () => {
    const session_id = await world.openSession();
    const asked = { session_id, client_message_id: 'm1' };
    const before = world.agent.requests.length;
    const first = await world.ask(asked);
    const frames = await world.frames(asked);
    expect(frames.map(({ type }) => type)).toEqual(['meta', 'token', 'end']);
    expect(frames.at(-1)).toEqual({ type: 'end', answer: first });
    expect(world.agent.requests.length).toBe(before + 1);
    expect(await world.statusesOf(session_id)).toHaveLength(2);
  });

  it('at the same time is answered once, and all askers get that answer', async () => {
    const session_id = await world.openSession();
    const open = world.agent.hold('Slow.');
    const before = world.agent.requests.length;
    const asked = { session_id, client_message_id: 'twice' };
    const answers = Promise.all(Array.from({ length: 8 }, () => world.ask(asked)));
    await eventually(() => world.agent.requests.length > before);
    open();
    const [first, ...others] = await answers;
    expect(others).toEqual(Array.from({ length: 7 }, () => first));
    expect(world.agent.requests.length).toBe(before + 1);
    expect(await world.statusesOf(session_id)).toEqual(['user answered', 'assistant answered']);
    expect(await world.ask(asked)).toEqual(first);
  });

  it('at the same time fails once, and the agent is not asked again for each asker', async () => {
    const session_id = await world.openSession();
    const before = world.agent.requests.length;
    let fail = (): void => undefined;
    world.agent.script(({ response }) => {
      fail = () => void response.writeHead(500).end();
    });
    const asked = Array.from({ length: 8 }, () => world.ask({ session_id, client_message_id: 'failing together' }));
    const outcomes = Promise.allSettled(asked);
    await eventually(() => world.agent.requests.length > before);
    fail();
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'agent_unavailable' } });
    }
    expect(world.agent.requests.length).toBe(before + 1);
  });

  it('with another question is refused, answered or failed before, and claims nothing', async () => {
    const session_id = await world.openSession();
    const refused = { code: 'idempotency_key_reused' };
    const first = await world.ask({ session_id, client_message_id: 'mine', question: 'Do you ship?' });
    await expect(world.ask({ session_id, client_message_id: 'mine', question: 'To Rome?' })).rejects.toMatchObject(
      refused,
    );
    expect(await world.ask({ session_id, client_message_id: 'mine', question: 'Do you ship?' })).toEqual(first);

    world.agent.script(({ response }) => void response.writeHead(500).end());
    const failing = { session_id, client_message_id: 'failing', question: 'When?' };
    await expect(world.ask(failing)).rejects.toMatchObject({ code: 'agent_unavailable' });
    const before = await world.statusesOf(session_id);
    await expect(world.ask({ ...failing, question: 'Where?' })).rejects.toMatchObject(refused);
    expect(await world.statusesOf(session_id)).toEqual(before);
    expect(await world.sql('select * from running_turns')).toEqual([]);
  });

  it('after a failure runs again on the same question', async () => {
    const session_id = await world.openSession();
    world.agent.script(({ response }) => void response.writeHead(500).end());
    const asked = { session_id, client_message_id: 'again' };
    await expect(world.ask(asked)).rejects.toMatchObject({ code: 'agent_unavailable' });
    world.agent.script(({ say, end }) => {
      say(text('Now.'));
      end();
    });
    expect(await world.ask(asked)).toMatchObject({ answer: 'Now.' });
    expect(await world.statusesOf(session_id)).toEqual(['user answered', 'assistant answered']);
    expect(await world.eventNames(session_id)).toEqual(['SessionOpened', 'AnswerFailed', 'QuestionAnswered']);
  });

  it('in another session is another question', async () => {
    const first = await world.ask({ session_id: await world.openSession(), client_message_id: 'shared' });
    const second = await world.ask({ session_id: await world.openSession(), client_message_id: 'shared' });
    expect(second.message_id).not.toBe(first.message_id);
  });
});

describe('a session', () => {
  it('of another domain or user is refused like one that does not exist', async () => {
    const others = await world.openSession('visitor', randomUUID());
    const mine = await world.openSession('visitor');
    const failures = await Promise.all(
      [{ session_id: randomUUID() }, { session_id: others }, { session_id: mine, user_id: 'somebody else' }].map(
        (input) => world.ask(input).catch((thrown: unknown) => (thrown as Failure).toWire()),
      ),
    );
    expect(failures[0]).toMatchObject({ code: 'session_unknown' });
    expect(failures[1]).toEqual(failures[0]);
    expect(failures[2]).toEqual(failures[0]);
    expect(await world.statusesOf(others)).toEqual([]);
  });

  it('runs one turn at a time', async () => {
    const session_id = await world.openSession();
    const open = world.agent.hold('Done.');
    const { answers, refusals } = await settleAround(open, 3, (at) => world.ask({ session_id, question: `No. ${at}` }));
    expect(answers).toHaveLength(1);
    expect(refusals).toMatchObject([{ code: 'turn_in_progress' }, { code: 'turn_in_progress' }]);
    expect(await world.statusesOf(session_id)).toHaveLength(2);
  });

  it('whose process died is free again when the lease is over, and its question failed', async () => {
    const session_id = await world.openSession();
    await world.ask({ session_id });
    const left = randomUUID();
    await world.sql(
      `insert into conversation_history (id, session_id, domain_id, user_id, role, content, status)
       values ($1, $2, $3, 'visitor', 'user', 'Lost?', 'pending')`,
      [left, session_id, world.domainId],
    );
    await world.sql(
      `insert into running_turns (session_id, domain_id, question_id, token, lease_until)
       values ($1, $2, $3, $4, now() - interval '1 second')`,
      [session_id, world.domainId, left, randomUUID()],
    );
    await world.ask({ session_id, question: 'And now?' });
    expect(await world.statusesOf(session_id)).toContain('user failed interrupted');
    expect(await world.eventNames(session_id)).toContain('AnswerFailed');
  });
});

describe('while the agent deploys', () => {
  it('the asker is told so and nothing is stored; when it runs, questions are answered, and answers stay', async () => {
    const deploying = await openWorld();
    try {
      const given = deploying.neighbours.access;
      deploying.neighbours.access = async () => {
        throw new Failure('agent_deploying', {
          retryAfterMs: 3_000,
          extensions: { deployment_state: 'creating_agent' },
        });
      };
      const session_id = await deploying.openSession();
      await expect(deploying.ask({ session_id })).rejects.toMatchObject({
        code: 'agent_deploying',
        retryAfterMs: 3_000,
        extensions: { deployment_state: 'creating_agent' },
      });
      expect(await deploying.sql('select * from conversation_history')).toEqual([]);
      deploying.neighbours.access = given;
      const first = await deploying.ask({ session_id, client_message_id: 'first' });

      // The endpoint moved: the event makes this process ask for it again.
      let asked = 0;
      deploying.neighbours.access = async (...args) => {
        asked += 1;
        return given(...args);
      };
      await deploying.ask({ session_id });
      expect(asked).toBe(0);
      const data = { agent_uuid: 'a', agent_url: deploying.agent.endpoint };
      const { domainId } = deploying;
      await deploying.bus.publish(agentRunning, envelopeFor(deploying.clock, agentRunning, { domainId, data }));
      await eventually(async () => {
        await deploying.ask({ session_id });
        return asked > 0;
      });

      deploying.neighbours.access = async () => {
        throw new Failure('agent_failed');
      };
      await deploying.bus.publish(agentRunning, envelopeFor(deploying.clock, agentRunning, { domainId, data }));
      await eventually(async () => (await deploying.ask({ session_id }).catch(() => undefined)) === undefined);
      expect(await deploying.ask({ session_id, client_message_id: 'first' })).toEqual(first);
    } finally {
      await deploying.close();
    }
  });
});

it('over the limit of a domain questions are refused at once', async () => {
  const small = await openWorld({ ASK_DOMAIN_CONCURRENCY_MAX: '1' });
  try {
    const sessions = await Promise.all([small.openSession(), small.openSession()]);
    const open = small.agent.hold('Done.');
    const { answers, refusals } = await settleAround(open, 2, (at) => small.ask({ session_id: sessions[at]! }));
    expect(answers).toHaveLength(1);
    expect(refusals).toMatchObject([{ code: 'rate_limited' }]);
  } finally {
    await small.close();
  }
});

it('a question of blanks is refused', async () => {
  const session_id = await world.openSession();
  await expect(world.ask({ session_id, question: ' \n ' })).rejects.toMatchObject({ code: 'invalid_request' });
});
