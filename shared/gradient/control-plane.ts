import type { z } from 'zod';
import { createHttp } from '../http/client.ts';
import { upstreamStatusOf } from '../http/status.ts';
import type { Http } from '../http/contract.ts';
import type { Clock } from '../runtime/clock.ts';
import type { GradientSettings } from './settings.ts';

export interface CallOptions {
  readonly json?: unknown;
  readonly signal?: AbortSignal;
}

/** One call of the control plane; the answer is read by `schema`, leniently, since the contract requires no field. */
export type Call = <S extends z.ZodType>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  schema: S,
  options?: CallOptions,
) => Promise<z.output<S>>;

export interface ControlPlane {
  readonly call: Call;
  /** The client behind, for addresses that the control plane gives out. */
  readonly http: Http;
}

/**
 * The way to Gradient's control plane. Throws `cloud_unavailable`, `cloud_refused` and `cloud_credential_invalid`; nothing is
 * retried here. A creation should get no signal: one cut short is one whose outcome nobody knows.
 */
export const createControlPlane = (
  settings: GradientSettings,
  options: { readonly userAgent: string; readonly clock: Clock },
): ControlPlane => {
  const http = createHttp({
    unavailableCode: 'cloud_unavailable',
    refusedCode: 'cloud_refused',
    credentialCode: 'cloud_credential_invalid',
    socketsMax: 8,
    propagateTrace: !settings.isRealCloud,
    keepsRefusalWords: true,
    timeoutMs: settings.callTimeoutMs,
    responseMs: settings.callTimeoutMs,
    ...options,
  });
  const headers = { authorization: `Bearer ${settings.token}` };
  return {
    http,
    call: async (method, path, schema, call = {}) =>
      http.sendJson({ method, url: `${settings.baseUrl}${path}`, headers, ...call }, schema),
  };
};

/** What `work` gives, or null when the cloud answers 404: it does not know the thing. */
export const unlessMissing = async <T>(work: () => Promise<T>): Promise<T | null> => {
  try {
    return await work();
  } catch (thrown) {
    if (upstreamStatusOf(thrown) === 404) return null;
    throw thrown;
  }
};
