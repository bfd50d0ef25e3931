import type { Answer, Citation, Message, Problem, Question } from './messages.ts';
import { isRunning } from './messages.ts';

/**
 * All the panel shows. Every change goes through `reduce`, which keeps each untouched message the same object, so
 * that painting compares identities and touches only what changed.
 */
export interface State {
  readonly isOpen: boolean;
  readonly isExpanded: boolean;
  readonly isRestoring: boolean;
  readonly messages: readonly Message[];
}

export type Action =
  | {
      readonly type: 'opened' | 'closed' | 'size-toggled' | 'restore-started' | 'cleared';
    }
  | { readonly type: 'restored'; readonly messages: readonly Message[] }
  | { readonly type: 'asked'; readonly id: string; readonly text: string }
  | { readonly type: 'retried'; readonly id: string }
  | { readonly type: 'accepted'; readonly id: string }
  | { readonly type: 'stopped'; readonly id: string }
  | { readonly type: 'postponed'; readonly id: string; readonly problem: Problem }
  | { readonly type: 'streamed'; readonly id: string; readonly text: string }
  | { readonly type: 'cited'; readonly id: string; readonly citation: Citation }
  | {
      readonly type: 'answered';
      readonly id: string;
      readonly text: string;
      readonly citations: readonly Citation[];
      readonly isQuoted: boolean;
    }
  | { readonly type: 'failed'; readonly id: string; readonly problem: Problem };

export const initialState: State = {
  isOpen: false,
  isExpanded: false,
  isRestoring: false,
  messages: [],
};

/** A visitor who talks for a day must not fill the page: the oldest go first. */
export const messagesMax = 1000;

export const reduce = (state: State, action: Action): State => {
  switch (action.type) {
    case 'opened':
      return { ...state, isOpen: true };
    case 'closed':
      return { ...state, isOpen: false };
    case 'size-toggled':
      return { ...state, isExpanded: !state.isExpanded };
    case 'restore-started':
      return { ...state, isRestoring: true };
    case 'restored':
      // What was asked while the history was on its way stays below it.
      return { ...state, isRestoring: false, messages: bounded([...action.messages, ...state.messages]) };
    case 'cleared':
      return { ...state, isRestoring: false, messages: [] };
    case 'asked':
      return { ...state, messages: bounded([...state.messages, sending(action.id, action.text), thinking(action.id)]) };
    case 'retried':
      return { ...state, messages: resent(state.messages, action.id) };
    case 'accepted':
      return { ...state, messages: onQuestion(state.messages, action.id, { delivery: 'sent' }) };
    case 'failed':
      return { ...state, messages: withFailure(state.messages, action.id, action.problem) };
    default:
      return { ...state, messages: onAnswer(state.messages, action) };
  }
};

/** The id of the question that is being answered, if any. */
export const runningId = ({ messages }: State): string | undefined => messages.findLast(isRunning)?.id;

const bounded = (messages: readonly Message[]): readonly Message[] => messages.slice(-messagesMax);

const sending = (id: string, text: string): Question => ({
  role: 'user',
  id,
  text,
  delivery: 'sending',
  problem: undefined,
});

const thinking = (id: string): Answer => ({
  role: 'assistant',
  id,
  text: '',
  citations: [],
  isQuoted: false,
  progress: 'thinking',
  problem: undefined,
});

const onQuestion = (messages: readonly Message[], id: string, change: Partial<Question>): readonly Message[] =>
  messages.map((message) => (message.role === 'user' && message.id === id ? { ...message, ...change } : message));

/** A failed question keeps its text and loses the answer that did not come. */
const withFailure = (messages: readonly Message[], id: string, problem: Problem): readonly Message[] =>
  onQuestion(
    messages.filter((message) => message.role === 'user' || message.id !== id || message.progress === 'whole'),
    id,
    { delivery: 'failed', problem },
  );

const resent = (messages: readonly Message[], id: string): readonly Message[] => {
  const question = messages.find((message) => message.role === 'user' && message.id === id);
  if (question === undefined) return messages;
  const others = messages.filter((message) => message.id !== id);
  return [...others, sending(id, question.text), thinking(id)];
};

type AnswerAction = Extract<Action, { type: 'postponed' | 'streamed' | 'cited' | 'answered' | 'stopped' }>;

const onAnswer = (messages: readonly Message[], action: AnswerAction): readonly Message[] =>
  messages.map((message) =>
    message.role === 'assistant' && message.id === action.id && isRunning(message)
      ? changedAnswer(message, action)
      : message,
  );

const changedAnswer = (answer: Answer, action: AnswerAction): Answer => {
  switch (action.type) {
    case 'postponed':
      return { ...answer, text: '', citations: [], progress: 'postponed', problem: action.problem };
    case 'streamed':
      return { ...answer, text: answer.text + action.text, progress: 'streaming', problem: undefined };
    case 'cited':
      return { ...answer, citations: [...answer.citations, action.citation] };
    case 'answered': {
      const { text, citations, isQuoted } = action;
      return { ...answer, text, citations, isQuoted, progress: 'whole', problem: undefined };
    }
    case 'stopped':
      return { ...answer, progress: 'stopped', problem: undefined };
  }
};
