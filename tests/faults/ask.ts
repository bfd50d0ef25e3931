import { z } from 'zod';
import { askAnswer } from '../../shared/contracts/http/ask.ts';
import type { SiteIdentity } from '../support/api.ts';
import { openSse, send } from '../support/http.ts';

/** One message of a visitor, however often it is sent. */
export interface Message {
  readonly id: string;
  readonly sessionId: string;
  readonly question: string;
  readonly site: SiteIdentity;
}

/**
 * How one attempt ended. `told`: with words that it failed. `cut`: the connection broke. `silent`: the server ended the
 * stream in order and said neither `end` nor `error`. `hung`: nothing ended it.
 */
export type Attempt =
  | { readonly end: 'answered'; readonly answer: z.output<typeof askAnswer> }
  | { readonly end: 'told'; readonly code: string; readonly retryAfterMs: number }
  | { readonly end: 'cut' | 'silent' | 'hung' };

const attemptMs = 100_000;

/** Sends the message once, and reads the answer whole or as a stream. */
export const sendMessage = async (url: string, message: Message, how: 'whole' | 'stream'): Promise<Attempt> => {
  const signal = AbortSignal.timeout(attemptMs);
  try {
    return await (how === 'whole' ? askWhole(url, message, signal) : askStream(url, message, signal));
  } catch {
    return { end: signal.aborted ? 'hung' : 'cut' };
  }
};

const problem = z.object({ code: z.string() });

const askWhole = async (url: string, message: Message, signal: AbortSignal): Promise<Attempt> => {
  const reply = await send(`${url}/ask`, { ...sentOf(message), signal });
  if (reply.status === 200) return { end: 'answered', answer: askAnswer.parse(reply.body) };
  const { code } = problem.parse(reply.body);
  return { end: 'told', code, retryAfterMs: Number(reply.headers.get('retry-after') ?? '0') * 1000 };
};

const askStream = async (url: string, message: Message, signal: AbortSignal): Promise<Attempt> => {
  const stream = await openSse(`${url}/ask`, { ...sentOf(message), signal }).catch((error: unknown) => {
    // Refused before the stream began: an ordinary problem.
    const refusal = /no stream but \d+: (.*)/s.exec(error instanceof Error ? error.message : '');
    if (refusal === null) throw error;
    return problem.parse(JSON.parse(refusal[1] ?? '')).code;
  });
  if (typeof stream === 'string') return { end: 'told', code: stream, retryAfterMs: 0 };
  const ended = await stream.ended;
  const last = stream.events().at(-1);
  if (last?.event === 'end') return { end: 'answered', answer: askAnswer.parse(last.data) };
  if (last?.event === 'error') return { end: 'told', code: problem.parse(last.data).code, retryAfterMs: 0 };
  if (ended === 'whole') return { end: 'silent' };
  return { end: signal.aborted ? 'hung' : 'cut' };
};

const sentOf = ({ id, sessionId, question, site }: Message) => ({
  headers: { 'x-domain-id': site.domainId, origin: `https://${site.name}` },
  body: { question, session_id: sessionId, client_message_id: id },
});
