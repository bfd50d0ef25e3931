import type { Api, Outcome, WholeAnswer } from './api.ts';
import type { Problem } from './messages.ts';
import { runningId, type Action, type State } from './state.ts';
import type { VisitorStorage } from './storage.ts';

export interface ConversationDeps {
  readonly api: Api;
  readonly storage: VisitorStorage;
  readonly getState: () => State;
  readonly dispatch: (action: Action) => void;
  readonly newId: () => string;
  /** Resolves after `ms`, or at once when `signal` aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Where the visitor is, without the query: it may carry what is none of our business. */
  readonly pageAddress: () => string;
}

/** What a visitor can do. Questions are answered one at a time; a second one is refused until the first is done. */
export interface Conversation {
  /** Brings back the stored session's messages, once. */
  readonly restore: () => Promise<void>;
  /** False when the text is empty, too long, or an answer is being written. */
  readonly ask: (text: string) => boolean;
  readonly retry: (id: string) => void;
  readonly retryUnsent: () => void;
  readonly stop: () => void;
  readonly startOver: () => void;
}

export const questionCharsMax = 4000;
/** With the server's usual 2–5 s between tries: long enough for any deployment. */
const triesMax = 200;
const waitMsMin = 500;
const waitMsMax = 30_000;

export const createConversation = (deps: ConversationDeps): Conversation => {
  const { storage, getState, dispatch } = deps;
  let hasRestored = false;
  let turn = new AbortController();
  // Grows with every new conversation, so that late answers to an old one are dropped.
  let generation = 0;

  const run = (id: string, text: string): void => {
    turn = new AbortController();
    const { signal } = turn;
    const mine = generation;
    const tell = (action: Action): void => {
      if (mine === generation) dispatch(action);
    };
    void settle(deps, { id, text, signal, tell }).catch(() => {
      tell({ type: 'failed', id, problem: { code: 'garbled', status: 0, retryAfterMs: undefined } });
    });
  };

  const retry = (id: string): void => {
    const question = getState().messages.find((message) => message.role === 'user' && message.id === id);
    if (question === undefined || runningId(getState()) !== undefined) return;
    dispatch({ type: 'retried', id });
    run(id, question.text);
  };

  return {
    restore: async () => {
      const sessionId = storage.sessionId();
      if (hasRestored || sessionId === undefined) return;
      hasRestored = true;
      const mine = generation;
      dispatch({ type: 'restore-started' });
      const history = await deps.api.readHistory({ sessionId, userId: storage.userId() });
      if (mine !== generation) return;
      if (!history.ok && history.problem.status === 404) storage.dropSession();
      // A history that cannot be had now is asked for again at the next opening.
      if (!history.ok && history.problem.status !== 404) hasRestored = false;
      dispatch({ type: 'restored', messages: history.ok ? history.value : [] });
    },
    ask: (text) => {
      const question = text.trim();
      if (question === '' || question.length > questionCharsMax || runningId(getState()) !== undefined) return false;
      hasRestored ||= storage.sessionId() === undefined;
      const id = deps.newId();
      dispatch({ type: 'asked', id, text: question });
      run(id, question);
      return true;
    },
    retry,
    retryUnsent: () => {
      const unsent = getState().messages.findLast((message) => message.role === 'user');
      if (unsent?.role === 'user' && unsent.problem?.code === 'offline') retry(unsent.id);
    },
    stop: () => turn.abort(),
    startOver: () => {
      generation += 1;
      hasRestored = true;
      turn.abort();
      storage.dropSession();
      dispatch({ type: 'cleared' });
    },
  };
};

interface Turn {
  readonly id: string;
  readonly text: string;
  readonly signal: AbortSignal;
  readonly tell: (action: Action) => void;
}

/** Asks until there is an answer, a refusal, or the visitor's stop. Every try carries the same client message id. */
const settle = async (deps: ConversationDeps, { id, text, signal, tell }: Turn): Promise<void> => {
  const repeated = new Set<string>();
  for (let attempt = 1; attempt <= triesMax; attempt += 1) {
    const outcome = await tryOnce(deps, { id, text, signal, tell });
    if (outcome.ok) {
      tell({ type: 'accepted', id });
      tell({ type: 'answered', id, ...outcome.value });
      return;
    }
    const { problem } = outcome;
    if (problem.code === 'stopped') {
      tell({ type: 'accepted', id });
      tell({ type: 'stopped', id });
      return;
    }
    const waitMs = waitBefore(problem, repeated);
    if (waitMs === undefined || attempt === triesMax) {
      tell({ type: 'failed', id, problem });
      return;
    }
    tell({ type: 'postponed', id, problem });
    await deps.sleep(waitMs, signal);
  }
};

const tryOnce = async (deps: ConversationDeps, { id, text, signal, tell }: Turn): Promise<Outcome<WholeAnswer>> => {
  if (signal.aborted) return { ok: false, problem: { code: 'stopped', status: 0, retryAfterMs: undefined } };
  const { api, storage } = deps;
  const userId = storage.userId();
  const sessionId = await sessionFor(deps, userId);
  if (!sessionId.ok) return sessionId;
  const input = {
    question: text,
    sessionId: sessionId.value,
    userId,
    clientMessageId: id,
    websiteContext: deps.pageAddress(),
  };
  const sink = {
    onText: (piece: string) => tell({ type: 'streamed', id, text: piece }),
    onCitation: (citation: WholeAnswer['citations'][number]) => tell({ type: 'cited', id, citation }),
  };
  const outcome = await api.ask(input, sink, signal);
  // The server forgot the session (it was cleared, or belongs to another domain): the next try opens a new one.
  if (!outcome.ok && outcome.problem.status === 404) storage.dropSession();
  return outcome;
};

const sessionFor = async (
  { api, storage, pageAddress }: ConversationDeps,
  userId: string,
): Promise<Outcome<string>> => {
  const known = storage.sessionId();
  if (known !== undefined) return { ok: true, value: known };
  const opened = await api.openSession({ userId, websiteUrl: pageAddress() });
  if (opened.ok) storage.keepSession(opened.value);
  return opened;
};

/**
 * How long until the question is sent again by itself; undefined when the visitor decides. A server that says when to
 * come back is believed; a lost session or a stream that was cut, here or behind the server, is tried again once, since the
 * stored answer comes back whole.
 */
const waitBefore = (problem: Problem, repeated: Set<string>): number | undefined => {
  const asked = problem.retryAfterMs;
  if (problem.code === 'agent_deploying' || problem.code === 'turn_in_progress') {
    return Math.min(waitMsMax, Math.max(waitMsMin, asked ?? 2000));
  }
  const isBusy = problem.status === 429 || problem.code === 'overloaded';
  if (isBusy && asked !== undefined && asked <= waitMsMax) return Math.max(waitMsMin, asked);
  const isLost = problem.status === 404 || problem.code === 'cut' || problem.code === 'service_unavailable';
  if (!isLost || repeated.has(problem.code)) return undefined;
  repeated.add(problem.code);
  return waitMsMin;
};
