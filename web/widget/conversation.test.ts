import { describe, expect, it, vi } from 'vitest';
import type { Api, Outcome, WholeAnswer } from './api.ts';
import { createConversation } from './conversation.ts';
import { initialState, reduce, runningId, type State } from './state.ts';
import { createVisitorStorage } from './storage.ts';

const failed = (code: string, status = 0, retryAfterMs?: number): Outcome<never> => ({
  ok: false,
  problem: { code, status, retryAfterMs },
});
const answered = (text: string): Outcome<WholeAnswer> => ({
  ok: true,
  value: { text, citations: [], isQuoted: false },
});

const aConversation = (
  answers: readonly Outcome<WholeAnswer>[],
  overrides: Partial<Api> = {},
  kept = new Map<string, string>(),
) => {
  let state: State = initialState;
  let ids = 0;
  const waits: number[] = [];
  const asked: { clientMessageId: string; sessionId: string }[] = [];
  const left = [...answers];
  let sessions = 0;
  const api: Api = {
    openSession: async () => ({ ok: true, value: `s${(sessions += 1).toString()}` }),
    readHistory: async () => ({ ok: true, value: [] }),
    ask: async ({ clientMessageId, sessionId }, sink) => {
      asked.push({ clientMessageId, sessionId });
      sink.onText('…');
      return left.shift() ?? failed('unreachable');
    },
    ...overrides,
  };
  const browser = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const conversation = createConversation({
    api,
    storage: createVisitorStorage(
      () => browser,
      () => 'visitor',
    ),
    getState: () => state,
    dispatch: (action) => (state = reduce(state, action)),
    newId: () => `m${(ids += 1).toString()}`,
    sleep: async (ms) => void waits.push(ms),
    pageAddress: () => 'https://shop.example/page',
  });
  const settled = () => vi.waitFor(() => expect(runningId(state)).toBeUndefined());
  return { conversation, asked, waits, kept, settled, state: () => state };
};

describe('a conversation', () => {
  it('stores and sends nothing before the first question', async () => {
    const { conversation, asked, kept } = aConversation([]);
    await conversation.restore();
    expect(asked).toEqual([]);
    expect(kept.size).toBe(0);
  });

  it('opens a session with the first question and keeps it for the second', async () => {
    const { conversation, asked, settled, state, kept } = aConversation([answered('one'), answered('two')]);
    expect(conversation.ask(' first ')).toBe(true);
    await settled();
    conversation.ask('second');
    await settled();
    expect(asked.map(({ sessionId }) => sessionId)).toEqual(['s1', 's1']);
    expect(kept.get('customerSupportSessionId')).toBe('s1');
    expect(state().messages.map(({ text }) => text)).toEqual(['first', 'one', 'second', 'two']);
  });

  it('refuses an empty question, one over the limit, and a second while one is being answered', async () => {
    const { conversation, settled, asked } = aConversation([answered('a')]);
    expect(conversation.ask('  \n ')).toBe(false);
    expect(conversation.ask('x'.repeat(4001))).toBe(false);
    expect(conversation.ask('one')).toBe(true);
    expect(conversation.ask('two')).toBe(false);
    await settled();
    expect(asked).toHaveLength(1);
  });

  it('waits for an agent that is being deployed as long as the server says, with the same message id', async () => {
    const deploying = failed('agent_deploying', 503, 3000);
    const { conversation, asked, waits, settled, state } = aConversation([deploying, deploying, answered('ready')]);
    conversation.ask('hello');
    await settled();
    expect(waits).toEqual([3000, 3000]);
    expect(new Set(asked.map(({ clientMessageId }) => clientMessageId)).size).toBe(1);
    expect(state().messages.at(-1)).toMatchObject({ text: 'ready', progress: 'whole' });
  });

  it('keeps a question that could not be sent, and sends it again under the same id', async () => {
    const { conversation, asked, settled, state } = aConversation([failed('unreachable'), answered('at last')]);
    conversation.ask('hello');
    await settled();
    expect(state().messages).toMatchObject([{ role: 'user', text: 'hello', delivery: 'failed' }]);
    conversation.retry(state().messages[0]!.id);
    await settled();
    expect(asked[0]?.clientMessageId).toBe(asked[1]?.clientMessageId);
    expect(state().messages.map(({ text }) => text)).toEqual(['hello', 'at last']);
  });

  it('asks once more by itself when the stream was cut, then leaves it to the visitor', async () => {
    const { conversation, asked, settled, state } = aConversation([failed('cut'), failed('cut')]);
    conversation.ask('hello');
    await settled();
    expect(asked).toHaveLength(2);
    expect(state().messages).toMatchObject([{ delivery: 'failed', problem: { code: 'cut' } }]);
  });

  it('opens a new session when the server does not know the old one', async () => {
    const kept = new Map([['customerSupportSessionId', 'gone']]);
    const { conversation, asked, settled } = aConversation([failed('session_unknown', 404), answered('hi')], {}, kept);
    conversation.ask('hello');
    await settled();
    expect(asked.map(({ sessionId }) => sessionId)).toEqual(['gone', 's1']);
  });

  it('waits as long as a server at its limit says', async () => {
    const { conversation, waits, settled } = aConversation([failed('overloaded', 503, 3000), answered('ok')]);
    conversation.ask('hello');
    await settled();
    expect(waits).toEqual([3000]);
  });

  it('waits out a short 429 and tells of a long one', async () => {
    const short = aConversation([failed('rate_limited', 429, 2000), answered('ok')]);
    short.conversation.ask('hello');
    await short.settled();
    expect(short.waits).toEqual([2000]);
    const long = aConversation([failed('rate_limited', 429, 90_000)]);
    long.conversation.ask('hello');
    await long.settled();
    expect(long.state().messages).toMatchObject([{ delivery: 'failed', problem: { status: 429 } }]);
  });

  it('sends what was asked offline when the connection is back', async () => {
    const { conversation, settled, state } = aConversation([failed('offline'), answered('back')]);
    conversation.ask('hello');
    await settled();
    conversation.retryUnsent();
    await settled();
    expect(state().messages.at(-1)).toMatchObject({ text: 'back' });
  });

  it('restores the stored history once, below which the new question stands', async () => {
    const history = [{ role: 'user', id: 'h1', text: 'before', delivery: 'sent', problem: undefined }] as const;
    const readHistory = vi.fn(async () => ({ ok: true, value: history }) as const);
    const { conversation, settled, state } = aConversation(
      [answered('a')],
      { readHistory },
      new Map([['customerSupportSessionId', 's']]),
    );
    const restoring = conversation.restore();
    conversation.ask('now');
    await restoring;
    await conversation.restore();
    await settled();
    expect(readHistory).toHaveBeenCalledTimes(1);
    expect(state().messages.map(({ text }) => text)).toEqual(['before', 'now', 'a']);
  });

  it('forgets a session that is gone, and tries again later when the server was only away', async () => {
    const gone = new Map([['customerSupportSessionId', 's']]);
    await aConversation([], { readHistory: async () => failed('session_unknown', 404) }, gone).conversation.restore();
    expect(gone.has('customerSupportSessionId')).toBe(false);

    const away = new Map([['customerSupportSessionId', 's']]);
    const readHistory = vi.fn(async () => failed('unreachable'));
    const { conversation } = aConversation([], { readHistory }, away);
    await conversation.restore();
    await conversation.restore();
    expect(readHistory).toHaveBeenCalledTimes(2);
    expect(away.has('customerSupportSessionId')).toBe(true);
  });

  it('drops what still arrives for a conversation that was left', async () => {
    let release: (outcome: Outcome<WholeAnswer>) => void = () => undefined;
    const ask = () => new Promise<Outcome<WholeAnswer>>((resolve) => (release = resolve));
    const { conversation, state, kept } = aConversation([], { ask });
    conversation.ask('hello');
    await vi.waitFor(() => expect(kept.has('customerSupportSessionId')).toBe(true));
    conversation.startOver();
    release(answered('too late'));
    await Promise.resolve();
    expect(state().messages).toEqual([]);
    expect(kept.has('customerSupportSessionId')).toBe(false);
  });

  it('keeps what was written when the visitor stops the answer', async () => {
    const ask: Api['ask'] = (_, sink, stop) =>
      new Promise((resolve) => {
        sink.onText('Half an ');
        stop.addEventListener('abort', () => resolve(failed('stopped')));
      });
    const { conversation, state, settled } = aConversation([], { ask });
    conversation.ask('hello');
    await vi.waitFor(() => expect(state().messages.at(-1)?.text).toBe('Half an '));
    conversation.stop();
    await settled();
    expect(state().messages).toMatchObject([{ delivery: 'sent' }, { text: 'Half an ', progress: 'stopped' }]);
  });
});
