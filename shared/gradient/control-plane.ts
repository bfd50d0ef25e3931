import type { z } from 'zod';
import type { Database } from '../db/client.ts';
import { Failure } from '../errors/failure.ts';
import { createHttp } from '../http/client.ts';
import type { Http } from '../http/contract.ts';
import { createOutsideSystem } from '../http/outside-system.ts';
import { failureOfStatus, upstreamStatusOf } from '../http/status.ts';
import type { Clock } from '../runtime/clock.ts';
import { createRateBudget, type Urgency } from './rate-budget.ts';
import type { GradientSettings } from './settings.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface CallOptions {
  readonly json?: unknown;
  readonly signal?: AbortSignal;
  /** Default: deletions are urgent, reading is polling, the rest is normal. */
  readonly urgency?: Urgency;
}

/** One call of the control plane; the answer is read by `schema`, leniently, since the contract requires no field. */
export type Call = <S extends z.ZodType>(
  method: Method,
  path: string,
  schema: S,
  options?: CallOptions,
) => Promise<z.output<S>>;

export interface ControlPlane {
  readonly call: Call;
  /**
   * For addresses that the control plane gave out: under a policy and with sockets of its own. Throws `cloud_unavailable`
   * for 5xx and 429 as well; other statuses are answers.
   */
  readonly http: Pick<Http, 'send' | 'close'>;
  readonly close: () => void;
}

interface Parts {
  /** The service that calls. */
  readonly owner: string;
  /** Calls at once. */
  readonly callsMax: number;
  readonly database: Database;
  readonly clock: Clock;
}

const uploadTimeoutMs = 60_000;
const uploadsMax = 4;

/**
 * The way to Gradient's control plane, under the shared policy and the shared rate limits. Throws `cloud_unavailable`,
 * `cloud_refused` and `cloud_credential_invalid`; only reads are repeated. `isHeldBack` tells a call that was never sent.
 * A creation should get no signal: one cut short is one whose outcome nobody knows.
 */
export const createControlPlane = (settings: GradientSettings, parts: Parts): ControlPlane => {
  const { owner, clock, callsMax } = parts;
  const unavailableCode = 'cloud_unavailable';
  const policy = { unavailableCode, clock, restMs: settings.restMs } as const;
  const budget = createRateBudget({ settings, ...parts });
  const cloud = createOutsideSystem({ ...policy, name: `${owner}:cloud`, callsMax });
  const storage = createOutsideSystem({ ...policy, name: `${owner}:storage`, callsMax: uploadsMax });
  const common = {
    unavailableCode,
    clock,
    userAgent: `parley-${owner}`,
    propagateTrace: !settings.isRealCloud,
  } as const;
  const http = createHttp({
    ...common,
    refusedCode: 'cloud_refused',
    credentialCode: 'cloud_credential_invalid',
    socketsMax: callsMax,
    keepsRefusalWords: true,
    timeoutMs: settings.callTimeoutMs,
    responseMs: settings.callTimeoutMs,
    onAnswer: ({ headers }) => budget.heard(headers),
  });
  const storageHttp = createHttp({ ...common, socketsMax: uploadsMax, timeoutMs: uploadTimeoutMs });
  const headers = { authorization: `Bearer ${settings.token}` };
  return {
    call: (method, path, schema, { json, signal, urgency = urgencies[method] } = {}) =>
      cloud.run({ breaker: operations[method], isRepeatable: method === 'GET', signal }, async () => {
        await budget.take(urgency);
        try {
          const url = `${settings.baseUrl}${path}`;
          return await http.sendJson({ method, url, headers, ...given({ json, signal }) }, schema);
        } catch (thrown) {
          const waitMs =
            upstreamStatusOf(thrown) === 429 && thrown instanceof Failure ? thrown.retryAfterMs : undefined;
          if (waitMs !== undefined) await budget.closeFor(waitMs).catch(() => undefined);
          throw thrown;
        }
      }),
    http: {
      send: (request) =>
        storage.run({ breaker: 'upload', signal: request.signal }, async () => {
          const answer = await storageHttp.send(request);
          if (answer.status < 500 && answer.status !== 429) return answer;
          throw failureOfStatus({ ...answer, words: '' }, { unavailableCode }, clock.now());
        }),
      close: storageHttp.close,
    },
    close: () => {
      for (const part of [http, storageHttp, cloud, storage]) part.close();
    },
  };
};

/** A breaker for each kind of operation: a cloud that cannot create may well be read. */
const operations: Readonly<Record<Method, string>> = { GET: 'read', POST: 'create', PUT: 'change', DELETE: 'change' };

const urgencies: Readonly<Record<Method, Urgency>> = {
  GET: 'polling',
  POST: 'normal',
  PUT: 'normal',
  DELETE: 'urgent',
};

const given = ({ json, signal }: { readonly json: unknown; readonly signal: AbortSignal | undefined }) => ({
  ...(json === undefined ? {} : { json }),
  ...(signal === undefined ? {} : { signal }),
});

/** What `work` gives, or null when the cloud answers 404: it does not know the thing. */
export const unlessMissing = async <T>(work: () => Promise<T>): Promise<T | null> => {
  try {
    return await work();
  } catch (thrown) {
    if (upstreamStatusOf(thrown) === 404) return null;
    throw thrown;
  }
};
