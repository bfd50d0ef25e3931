import type { Request } from 'express';
import type { CallContext } from '../../../shared/bus/port.ts';
import { id } from '../../../shared/contracts/http/fields.ts';
import type { DomainView } from '../../../shared/contracts/provisioning.ts';
import { isSameSecret } from '../../../shared/crypto/hash.ts';
import { Failure } from '../../../shared/errors/failure.ts';
import type { GatewayConfig } from '../config.ts';
import { bearerOf } from './bearer.ts';
import type { Callers, Credential, DomainCaller } from './credentials.ts';
import type { Directory } from './directory.ts';
import { isLoopbackRequest } from './loopback.ts';
import { judgeOrigin } from './origin.ts';

export type Authenticators = {
  readonly [C in Credential]: (request: Request, call: CallContext) => Promise<Callers[C]>;
};

interface Deps {
  readonly config: Pick<GatewayConfig, 'adminKey' | 'isDevelopment' | 'knowledgeWriteAuth'>;
  readonly directory: Directory;
}

/**
 * One check per credential. Throws `credential_missing`, `credential_invalid`, `domain_id_missing`, `invalid_request`,
 * `domain_unknown`, `origin_mismatch`, `forbidden`; `not_found` for a domain in the path that is not the caller's.
 */
export const createAuthenticators = (deps: Deps): Authenticators => {
  const visitor = authenticateVisitor(deps);
  const owner = authenticateOwner(deps);
  return {
    none: async () => ({ via: 'public', domain: undefined }),
    admin: async (request, call) => {
      const holder = await holderOf(deps, request, call);
      if (holder.via !== 'admin') throw new Failure('forbidden', { detail: 'This takes the admin key' });
      return holder;
    },
    visitor,
    owner,
    knowledge: deps.config.knowledgeWriteAuth === 'api-key' ? owner : visitor,
    tenant: async (request, call) => {
      const holder = await holderOf(deps, request, call);
      if (holder.via === 'key') return holder;
      const domainId = domainIdOf(request);
      return { via: 'admin', domain: domainId === undefined ? undefined : await deps.directory.byId(domainId, call) };
    },
    'path-domain': authenticatePathDomain(deps),
  };
};

const authenticateVisitor =
  (deps: Deps) =>
  async (request: Request, call: CallContext): Promise<DomainCaller> => {
    if (request.headers.authorization !== undefined) return authenticateOwner(deps)(request, call);
    const domain = await namedDomain(deps, request, call);
    if (domain.state === 'deleting') throw new Failure('domain_unknown');
    const { origin, referer } = request.headers;
    const allowedOrigins = domain.settings.allowed_origins ?? [];
    const verdict = judgeOrigin({ origin, referer }, { domainName: domain.domain_name, allowedOrigins });
    const isLocalTrial = verdict === 'absent' && deps.config.isDevelopment && isLoopbackRequest(request);
    if (verdict !== 'allowed' && !isLocalTrial) {
      throw new Failure('origin_mismatch', {
        detail:
          verdict === 'absent'
            ? 'Send the Origin of a page of this domain, or a key'
            : 'The page that asks does not belong to this domain; its owner can add the origin to allowed_origins',
      });
    }
    return { via: 'domain-id', domain };
  };

const authenticateOwner =
  (deps: Deps) =>
  async (request: Request, call: CallContext): Promise<DomainCaller> => {
    const holder = await holderOf(deps, request, call);
    if (holder.via === 'key') return holder;
    return { via: 'admin', domain: await namedDomain(deps, request, call) };
  };

const authenticatePathDomain =
  (deps: Deps) =>
  async (request: Request, call: CallContext): Promise<DomainCaller> => {
    const holder = await holderOf(deps, request, call);
    const wanted = parseId(request.params['domain_id'], 'path.domain_id');
    if (holder.via === 'key') {
      if (holder.domain.domain_id !== wanted) throw noSuchDomain();
      return holder;
    }
    try {
      return { via: 'admin', domain: await deps.directory.byId(wanted, call) };
    } catch (thrown) {
      throw thrown instanceof Failure && thrown.code === 'domain_unknown' ? noSuchDomain() : thrown;
    }
  };

type Holder =
  { readonly via: 'admin'; readonly domain: undefined } | { readonly via: 'key'; readonly domain: DomainView };

/** Whose key it is. A domain key may be sent with X-Domain-ID, but the two must agree. */
const holderOf = async ({ config, directory }: Deps, request: Request, call: CallContext): Promise<Holder> => {
  const secret = bearerOf(request.headers.authorization);
  if (secret === undefined) throw new Failure('credential_missing', { detail: 'Send Authorization: Bearer <key>' });
  if (isSameSecret(secret, config.adminKey)) return { via: 'admin', domain: undefined };
  const domain = await directory.byKey(secret, call);
  const named = domainIdOf(request);
  if (named !== undefined && named !== domain.domain_id) {
    throw new Failure('forbidden', { detail: 'X-Domain-ID names another domain than the key' });
  }
  return { via: 'key', domain };
};

const namedDomain = async ({ directory }: Deps, request: Request, call: CallContext): Promise<DomainView> => {
  const domainId = domainIdOf(request);
  if (domainId === undefined) throw new Failure('domain_id_missing');
  return directory.byId(domainId, call);
};

const domainIdOf = (request: Request): string | undefined => {
  const given = request.headers['x-domain-id'];
  return given === undefined || given === '' ? undefined : parseId(given, 'header.X-Domain-ID');
};

const parseId = (given: unknown, path: string): string => {
  const parsed = id.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new Failure('invalid_request', { errors: [{ path, message: 'must be a UUID' }] });
};

const noSuchDomain = (): Failure => new Failure('not_found', { detail: 'There is no such domain' });
