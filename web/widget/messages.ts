/** One passage an answer rests on; `index` is the number shown as `[n]` in its text. */
export interface Citation {
  readonly index: number;
  readonly document: string;
  readonly heading: string | undefined;
  readonly page: number | undefined;
  readonly url: string | undefined;
  readonly quote: string;
}

/** Why something did not work, in words of the program; `describe-problem.ts` says it to people. */
export interface Problem {
  /** A code of the server, or one of ours: offline, unreachable, timeout, cut, garbled, stopped. */
  readonly code: string;
  readonly status: number;
  readonly retryAfterMs: number | undefined;
}

/** `id` is the client message id: it stays the same through every retry, so a question is answered once. */
export interface Question {
  readonly role: 'user';
  readonly id: string;
  readonly text: string;
  readonly delivery: 'sending' | 'sent' | 'failed';
  readonly problem: Problem | undefined;
}

/** `postponed` is waiting for a server that said when to come back; `problem` tells why. */
export interface Answer {
  readonly role: 'assistant';
  readonly id: string;
  readonly text: string;
  readonly citations: readonly Citation[];
  /** Quoted from the documents because the agent could not be asked. */
  readonly isQuoted: boolean;
  readonly progress: 'thinking' | 'postponed' | 'streaming' | 'whole' | 'stopped';
  readonly problem: Problem | undefined;
}

export type Message = Question | Answer;

export const isRunning = (message: Message | undefined): boolean =>
  message?.role === 'assistant' && message.progress !== 'whole' && message.progress !== 'stopped';
