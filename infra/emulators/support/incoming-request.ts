import type { Request } from 'express';

/** A request of any route: what it holds besides the route's own parameters. */
export type IncomingRequest = Pick<Request, 'method' | 'path' | 'originalUrl' | 'query' | 'protocol' | 'get'> & {
  readonly body?: unknown;
};
