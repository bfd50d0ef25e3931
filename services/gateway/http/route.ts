import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { CallContext } from '../../../shared/bus/port.ts';
import type { Code } from '../../../shared/errors/codes.ts';
import { bearsAdminKey } from '../auth/bearer.ts';
import type { Authenticators } from '../auth/authenticate.ts';
import type { Callers, Credential } from '../auth/credentials.ts';
import { echoOrigin } from '../auth/cors.ts';
import type { Gateway } from '../gateway.ts';
import { contextOf } from './exchange.ts';
import { parseInput } from './parse-input.ts';
import { sendJson } from './send-json.ts';

export type Method = 'get' | 'post' | 'patch' | 'delete';

/** What an endpoint is about: its heading in the description, and its rank when not all can be served. */
export type Tag = 'conversation' | 'knowledge' | 'registration' | 'domains' | 'memory' | 'demo' | 'operation';

/** One request of an endpoint: who asks, and what a handler needs beside the parsed input. */
export interface Exchange<C extends Credential> {
  readonly request: Request;
  readonly response: Response;
  readonly caller: Callers[C];
  /** What goes along with a question on the bus. `timeoutMs` counts from now; the ordinary time without it. */
  readonly call: (timeoutMs?: number) => CallContext;
  /** Gives back its places among the requests under way: once it is an open live view, which has a limit of its own. */
  readonly leavePlaces: () => void;
}

/** What a handler returns when it has answered by itself, for instance with a stream of events. */
export const answered: unique symbol = Symbol('answered');

/** What is said of an endpoint once, for routing and for `/openapi.json` alike. */
export interface Declaration {
  readonly method: Method;
  /** With `:name` for parameters. */
  readonly path: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  readonly credential: Credential;
  /** An object schema of `params`, `query` and `body`, as far as the endpoint takes them. */
  readonly input: z.ZodObject;
  readonly output: z.ZodType;
  /** Codes worth naming besides those that every endpoint may give. */
  readonly failures?: readonly Code[];
  /** Set when the body is a form with one file: what its other fields are. The handler reads it. */
  readonly form?: z.ZodObject;
  /** Set when the answer may be, or is, Server-Sent Events. */
  readonly events?: 'on-accept' | 'always';
  /** Of the answer, where it is not JSON. */
  readonly contentType?: string;
  /** Takes `Idempotency-Key`. */
  readonly isIdempotent?: boolean;
  /** Largest JSON body; the gateway's ordinary limit without it. */
  readonly bodyLimit?: 'text-upload';
}

interface RouteSpec<C extends Credential, I extends z.ZodObject, O extends z.ZodType> extends Declaration {
  readonly credential: C;
  readonly input: I;
  readonly output: O;
  readonly handle: (
    gateway: Gateway,
  ) => (input: z.output<I>, exchange: Exchange<C>) => Promise<z.input<O> | typeof answered>;
}

/** An endpoint whose types are sealed in: what the app mounts and the API description lists. */
export interface Endpoint extends Declaration {
  readonly bind: (
    gateway: Gateway,
    authenticators: Authenticators,
  ) => (request: Request, response: Response) => Promise<void>;
}

/** Declares an endpoint. Its life: a place, credential, then body, then schema, then the handler; each may refuse. */
export const route = <C extends Credential, I extends z.ZodObject, O extends z.ZodType>(
  spec: RouteSpec<C, I, O>,
): Endpoint => ({
  ...spec,
  bind: (gateway, authenticators) => {
    const handle = spec.handle(gateway);
    const operatorOrigins = gateway.config.corsOrigins;
    const { admission } = gateway;
    return async (request, response) => {
      const context = contextOf(request);
      context.route = spec.path;
      const call = (timeoutMs = gateway.config.requestTimeoutMs): CallContext => ({
        deadlineAt: gateway.clock.now() + timeoutMs,
        correlationId: context.requestId,
      });
      echoOrigin(request, response, { operatorOrigins, domain: undefined });
      // Who operates the system must get in when it is at its limit.
      const isOperator =
        spec.tag === 'operation' && (spec.credential === 'none' || bearsAdminKey(request, gateway.config));
      const leave = isOperator ? undefined : admission.enter(spec.tag, response);
      const caller = await authenticators[spec.credential](request, call());
      context.domainId = caller.domain?.domain_id;
      echoOrigin(request, response, { operatorOrigins, domain: caller.domain });
      const input = await parseInput(spec, request, gateway.config);
      // Behind the body: who sends one slowly must not hold the places of a domain, whose id is public.
      const leaveDomain =
        caller.domain === undefined ? undefined : admission.enterDomain(spec.tag, caller.domain.domain_id, response);
      const leavePlaces = (): void => {
        leave?.();
        leaveDomain?.();
      };
      const output = await handle(input, { request, response, caller, call, leavePlaces });
      if (output !== answered) sendJson(response, output);
    };
  },
});
