import { z } from 'zod';
import { Failure } from '../../shared/errors/failure.ts';
import type { Http } from '../../shared/http/contract.ts';
import { isHeldBack } from '../../shared/http/held-back.ts';
import type { OutsideSystem } from '../../shared/http/outside-system.ts';
import { upstreamStatusOf } from '../../shared/http/status.ts';

/** Whose memory at Memori: the domain's key, and a visitor under the name that Memori knows. */
export interface MemoriSubject {
  /** Whose key it is; a key that is in trouble is not another's. */
  readonly domainId: string;
  readonly apiKey: string;
  readonly remoteUser: string;
  readonly sessionId: string;
}

/** Hosted Memori: the one outside system of this service. All throw `memory_unavailable`; `upstreamStatusOf` tells more. */
export interface MemoriClient {
  /** What Memori has to say of the visitor: somebody else's text, to be treated as data. Stores nothing. */
  readonly recall: (subject: MemoriSubject, timeoutMs: number) => Promise<string>;
  /** Hands over what the visitor said. Not idempotent: a second sending after a lost answer may store it twice. */
  readonly remember: (subject: MemoriSubject, said: string) => Promise<void>;
  readonly validateKey: (apiKey: string) => Promise<'valid' | 'invalid' | 'unverified'>;
}

interface MemoriOptions {
  readonly http: Http;
  readonly memori: OutsideSystem;
  readonly baseUrl: string;
  readonly validateUrl: string;
  readonly sendTimeoutMs: number;
  readonly validateTimeoutMs: number;
}

const answerSchema = z.object({ response: z.string().nullish().catch(null) });
const validationSchema = z.object({ valid: z.boolean() });
const answerBytesMax = 200_000;

/** The chat API, as far as it is known: one user message at a time, and an empty one reads without writing. */
export const createMemoriClient = (options: MemoriOptions): MemoriClient => {
  const { http, memori, sendTimeoutMs } = options;
  const chat = async (subject: MemoriSubject, content: string, timeoutMs: number): Promise<string> => {
    const request = {
      method: 'POST',
      url: `${options.baseUrl.replace(/\/+$/, '')}/v1/chat`,
      headers: { authorization: `Bearer ${subject.apiKey}` },
      json: {
        context: { assistant_id: 'support-bot', session_id: subject.sessionId, user_id: subject.remoteUser },
        messages: [{ role: 'user', content }],
        model: 'gpt-4o-mini',
        temperature: 0.7,
      },
      timeoutMs,
      responseBytesMax: answerBytesMax,
    } as const;
    const { response } = await memori.run({ breaker: subject.domainId }, () => http.sendJson(request, answerSchema));
    return response ?? '';
  };
  return {
    recall: (subject, timeoutMs) => chat(subject, '', timeoutMs),
    remember: async (subject, said) => {
      await chat(subject, said, sendTimeoutMs);
    },
    validateKey: (apiKey) => validateKey(options, apiKey),
  };
};

const validateKey = async (
  { http, memori, validateUrl, validateTimeoutMs }: MemoriOptions,
  apiKey: string,
): Promise<'valid' | 'invalid' | 'unverified'> => {
  try {
    const request = {
      method: 'POST',
      url: validateUrl,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      timeoutMs: validateTimeoutMs,
      responseBytesMax: answerBytesMax,
    } as const;
    const { valid } = await memori.run({ breaker: 'validation' }, () => http.sendJson(request, validationSchema));
    // A 200 may say `valid: false`.
    return valid ? 'valid' : 'invalid';
  } catch (thrown) {
    return upstreamStatusOf(thrown) === 401 ? 'invalid' : 'unverified';
  }
};

/** What went wrong with a call, as the rules for reading and sending tell it apart. */
export type MemoriTrouble = 'held_back' | 'unreachable' | 'key_refused' | 'over_quota' | 'intercepted' | 'refused';

export const troubleOf = (failure: unknown): MemoriTrouble => {
  if (isHeldBack(failure)) return 'held_back';
  const status = upstreamStatusOf(failure);
  if (status === undefined || status >= 500 || status < 400 || status === 408) return 'unreachable';
  if (status === 401 || status === 403) return 'key_refused';
  if (status === 429) return 'over_quota';
  // Memori's own code for a connection that something on the way tampered with.
  return status === 433 ? 'intercepted' : 'refused';
};

/** How long the server asked to be left alone, when it did. */
export const restOf = (failure: unknown): number | undefined =>
  failure instanceof Failure ? failure.retryAfterMs : undefined;
