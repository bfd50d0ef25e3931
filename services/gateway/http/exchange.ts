import type { IncomingMessage } from 'node:http';

/** What is known of one request from its first byte on. `route` is the pattern that matched, for metrics and logs. */
export interface RequestContext {
  readonly requestId: string;
  readonly traceparent: string;
  route: string;
  domainId: string | undefined;
  failureCode: string | undefined;
}

const contexts = new WeakMap<IncomingMessage, RequestContext>();

export const rememberContext = (request: IncomingMessage, context: RequestContext): void => {
  contexts.set(request, context);
};

/** The context that the edge gave a request. */
export const contextOf = (request: IncomingMessage): RequestContext => {
  const context = contexts.get(request);
  if (context === undefined) throw new Error('a request that did not pass the edge');
  return context;
};
