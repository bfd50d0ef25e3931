import express, {
  type Application,
  type ErrorRequestHandler,
  type NextFunction,
  type Request,
  type Response,
} from 'express';
import type { RequestListener } from 'node:http';
import { Failure } from '../../shared/errors/failure.ts';
import { createAuthenticators } from './auth/authenticate.ts';
import { answerPreflight } from './auth/cors.ts';
import type { Gateway } from './gateway.ts';
import { createEdge } from './http/edge.ts';
import { sendProblem } from './http/problem.ts';
import type { Endpoint } from './http/route.ts';
import { sendJson } from './http/send-json.ts';
import { describeApi } from './openapi.ts';
import { apiHeaders } from './pages/page-headers.ts';
import { createPages } from './pages/pages.ts';
import { endpoints } from './routes/index.ts';

/** The whole HTTP side without a socket: what a server listens with, and what tests call. */
export const createApp = (gateway: Gateway): RequestListener => {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.set('query parser', 'simple');
  app.set('trust proxy', gateway.config.trustProxy);
  app.use(apiHeaders(!gateway.config.isDevelopment));
  app.use((request, response, next) => {
    response.setHeader('Vary', 'Origin');
    if (request.method === 'OPTIONS') answerPreflight(request, response);
    else next();
  });
  mount(app, gateway, endpoints);
  const description = describeApi(endpoints);
  app.get('/openapi.json', (_request, response) => sendJson(response, description));
  app.use(createPages(gateway.config));
  app.use((request) => {
    throw new Failure('route_unknown', { detail: `There is nothing at ${request.path.slice(0, 200)}` });
  });
  app.use(onError(gateway));
  return createEdge(gateway, app);
};

const mount = (app: Application, gateway: Gateway, declared: readonly Endpoint[]): void => {
  const authenticators = createAuthenticators(gateway);
  const methodsByPath = new Map<string, string[]>();
  for (const endpoint of declared) {
    const answer = endpoint.bind(gateway, authenticators);
    app.route(endpoint.path)[endpoint.method]((request: Request, response: Response, next: NextFunction) => {
      answer(request, response).catch(next);
    });
    const methods = methodsByPath.get(endpoint.path) ?? [];
    methodsByPath.set(endpoint.path, [...methods, endpoint.method.toUpperCase()]);
  }
  // Behind all endpoints, since two patterns can match one address: a path is refused only when no method of any fits.
  for (const [path, methods] of methodsByPath) {
    app.all(path, (_request, response) => {
      response.setHeader('Allow', [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', '));
      throw new Failure('method_not_allowed');
    });
  }
};

const onError =
  ({ logger }: Gateway): ErrorRequestHandler =>
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- Express knows an error handler by its four parameters
  (thrown: unknown, request, response, _next) => {
    const failure = failureOf(thrown);
    if (failure.code === 'internal') logger.error({ err: thrown }, 'request failed');
    // What another service refused was logged there; the request's own line has the code.
    else if (failure.cause !== undefined) logger.debug({ err: failure.cause, code: failure.code }, 'refused');
    sendProblem(request, response, failure);
  };

/** What Express and its parts throw for a request they cannot read, such as a broken percent escape, is the caller's. */
const failureOf = (thrown: unknown): Failure => {
  if (thrown instanceof Failure) return thrown;
  const status = statusOf(thrown);
  if (status === 403 || status === 404) return new Failure('route_unknown', { cause: thrown });
  if (status !== undefined && status >= 400 && status < 500) {
    return new Failure('invalid_request', { detail: 'The address cannot be read', cause: thrown });
  }
  return new Failure('internal', { cause: thrown });
};

const statusOf = (thrown: unknown): number | undefined =>
  typeof thrown === 'object' && thrown !== null && 'status' in thrown && typeof thrown.status === 'number'
    ? thrown.status
    : undefined;
