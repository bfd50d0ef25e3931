import type { RequestHandler } from 'express';
import type { IncomingRequest } from './incoming-request.ts';

export interface JournalEntry {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** Answered status; null while the request is being handled, or when its connection ended without an answer. */
  status: number | null;
  duration_ms: number | null;
  /** True for everything but reading. */
  readonly effect: boolean;
  readonly query: string;
  /** The JSON body, when it is not too large. */
  body: unknown;
}

/** A request that the contract does not have. */
export interface Violation {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly reason: string;
}

/** What happened since start or reset: the newest 10,000 requests and 1,000 violations. */
export interface Journal {
  readonly middleware: RequestHandler;
  entries: () => readonly JournalEntry[];
  violations: () => readonly Violation[];
  violate: (request: IncomingRequest, reason: string) => void;
  clear: () => void;
}

const entriesMax = 10_000;
const violationsMax = 1000;
const bodyCharsMax = 16_000;

export const createJournal = (): Journal => {
  let entries: JournalEntry[] = [];
  let violations: Violation[] = [];
  const middleware: RequestHandler = (request, response, next) => {
    const startedAt = performance.now();
    const entry: JournalEntry = {
      at: new Date().toISOString(),
      method: request.method,
      path: request.path,
      status: null,
      duration_ms: null,
      effect: !['GET', 'HEAD', 'OPTIONS'].includes(request.method),
      query: new URL(request.originalUrl, 'http://emulator').search,
      body: undefined,
    };
    entries.push(entry);
    if (entries.length > entriesMax) entries = entries.slice(-entriesMax / 2);
    response.once('close', () => {
      if (response.headersSent) entry.status = response.statusCode;
      entry.duration_ms = Math.round(performance.now() - startedAt);
      entry.body = shortBody(request.body);
    });
    next();
  };
  return {
    middleware,
    entries: () => entries,
    violations: () => violations,
    violate: (request, reason) => {
      violations = [...violations.slice(-violationsMax), violation(request, reason)];
    },
    clear: () => {
      entries = [];
      violations = [];
    },
  };
};

const violation = (request: IncomingRequest, reason: string): Violation => ({
  at: new Date().toISOString(),
  method: request.method,
  path: request.originalUrl.split('?', 1)[0] ?? '',
  reason,
});

const shortBody = (body: unknown): unknown => {
  if (body === undefined || Buffer.isBuffer(body)) return undefined;
  return JSON.stringify(body).length > bodyCharsMax ? undefined : body;
};
