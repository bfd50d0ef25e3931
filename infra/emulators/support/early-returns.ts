import type { RequestHandler } from 'express';

/** Requests that came although their caller had been told to wait. */
export interface EarlyReturns {
  readonly middleware: RequestHandler;
  list: () => readonly EarlyReturn[];
  clear: () => void;
}

interface EarlyReturn {
  readonly method: string;
  readonly path: string;
  /** How long the caller had known. A request that was under way already is no breach: judge by this. */
  readonly toldMsAgo: number;
  readonly earlyByMs: number;
}

const listedMax = 1000;
const callersMax = 10_000;

/** Watches who answers a 429 with `retry-after` by coming back before; a caller is known by its credential. */
export const createEarlyReturns = (): EarlyReturns => {
  const told = new Map<string, { readonly at: number; readonly until: number }>();
  let early: EarlyReturn[] = [];
  const middleware: RequestHandler = (request, response, next) => {
    const caller = request.get('authorization') ?? '';
    const wait = told.get(caller);
    const now = Date.now();
    if (wait !== undefined && now < wait.until) {
      const { method, path } = request;
      early = [...early.slice(1 - listedMax), { method, path, toldMsAgo: now - wait.at, earlyByMs: wait.until - now }];
    }
    response.once('finish', () => {
      const until = untilIn(response.getHeader('retry-after'));
      if (response.statusCode !== 429 || until === undefined) return;
      if (told.size >= callersMax) told.clear();
      told.set(caller, { at: Date.now(), until: Math.max(until, told.get(caller)?.until ?? 0) });
    });
    next();
  };
  return {
    middleware,
    list: () => early,
    clear: () => {
      told.clear();
      early = [];
    },
  };
};

const untilIn = (retryAfter: number | string | string[] | undefined): number | undefined => {
  if (retryAfter === undefined) return undefined;
  const text = retryAfter.toString();
  const at = /^\d+(?:\.\d+)?$/u.test(text) ? Date.now() + Number(text) * 1000 : Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
};
