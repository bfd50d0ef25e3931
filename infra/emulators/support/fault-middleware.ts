import type { Request, RequestHandler, Response } from 'express';
import type { Faults, Misfortune } from './faults.ts';
import { hostileAnswers } from './hostile-answers.ts';
import type { IncomingRequest } from './incoming-request.ts';
import type { Weather } from './weather.ts';

/** How a stream shall break half-way; a streaming route asks for it. */
export type Midstream = 'midstream_error' | 'midstream_reset' | 'midstream_hang';

export interface FaultInjection {
  readonly middleware: RequestHandler;
  readonly midstreamOf: (request: Request) => Midstream | undefined;
}

/** The body that the emulated platform sends with an error status. */
export type ErrorBody = (request: Request, status: number) => unknown;

interface Options {
  readonly faults: Faults;
  readonly weather: Weather;
  readonly errorBody: ErrorBody;
  /** Names of what a request is about, so that a fault can meet one domain. */
  readonly namesOf?: (request: IncomingRequest) => readonly string[];
}

/** Lets scripted faults, else the weather's, happen to requests, before or after their effect. */
export const createFaultInjection = ({ faults, weather, errorBody, namesOf }: Options): FaultInjection => {
  const midstreams = new WeakMap<Request, Midstream>();
  const middleware: RequestHandler = (request, response, next) => {
    const { method, path } = request;
    const meeting = { method, path, names: () => namesOf?.(request) ?? [] };
    const fault = faults.take(meeting) ?? weather.draw(meeting);
    if (fault === undefined) {
      next();
    } else if (isMidstream(fault.action)) {
      midstreams.set(request, fault.action);
      next();
    } else if (fault.phase === 'before') {
      inflict(fault, { request, response, errorBody, goOn: () => next() });
    } else {
      insteadOfSending(response, (goOn, body) => inflict(fault, { request, response, errorBody, goOn, body }));
      next();
    }
  };
  return { middleware, midstreamOf: (request) => midstreams.get(request) };
};

interface Scene {
  readonly request: Request;
  readonly response: Response;
  readonly errorBody: ErrorBody;
  /** Does what would have happened without the fault. */
  readonly goOn: () => void;
  readonly body?: unknown;
}

const inflict = (fault: Misfortune, { request, response, errorBody, goOn, body }: Scene): void => {
  for (const [name, value] of Object.entries(fault.headers)) response.setHeader(name, value);
  if (fault.retry_after !== undefined) response.setHeader('retry-after', fault.retry_after.toString());
  switch (fault.action) {
    case 'status':
      response.status(fault.status).json(fault.body ?? errorBody(request, fault.status));
      break;
    case 'hang':
      break;
    case 'reset':
      request.socket.resetAndDestroy();
      break;
    case 'truncate':
      truncate(response, typeof body === 'string' ? body : '{"uuid":"');
      break;
    case 'slow_ms':
      setTimeout(goOn, fault.slow_ms).unref();
      break;
    case 'garbage':
      response.status(200).type('html').send('<html><body>502 upstream said nothing useful');
      break;
    case 'midstream_error':
    case 'midstream_reset':
    case 'midstream_hang':
      break;
    default:
      hostileAnswers[fault.action](response, fault);
  }
};

const truncate = (response: Response, body: string): void => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) + 100 });
  response.write(body.slice(0, Math.ceil(body.length / 2)), () => response.destroy());
};

/** Calls `act` in place of the answer's sending; `goOn` sends it after all. */
const insteadOfSending = (response: Response, act: (goOn: () => void, body: unknown) => void): void => {
  const send = response.send.bind(response);
  response.send = (body?: unknown) => {
    response.send = send;
    act(() => send(body), body);
    return response;
  };
};

const isMidstream = (action: Misfortune['action']): action is Midstream => action.startsWith('midstream_');
