import type { DomainView } from '../../../shared/contracts/provisioning.ts';

/** Who asks, once it is proved. `domain` is the one the credential or the request names. */
export interface Caller {
  readonly via: 'public' | 'admin' | 'key' | 'domain-id';
  readonly domain: DomainView | undefined;
}
export interface DomainCaller extends Caller {
  readonly domain: DomainView;
}

/** The credentials a route may want, and what each gives its handler. */
export interface Callers {
  /** Anybody. */
  readonly none: Caller;
  /** The admin key. */
  readonly admin: Caller;
  /** X-Domain-ID from a page of that domain; or its key; or the admin key with X-Domain-ID. */
  readonly visitor: DomainCaller;
  /** As `visitor` or as `owner`: `KNOWLEDGE_WRITE_AUTH` decides. */
  readonly knowledge: DomainCaller;
  /** A domain's key, or the admin key with X-Domain-ID. */
  readonly owner: DomainCaller;
  /** A domain's key: its own; or the admin key: all, or the one X-Domain-ID names. */
  readonly tenant: Caller;
  /** The admin key, or the key of the domain that the path names; another's domain is as unknown as a missing one. */
  readonly 'path-domain': DomainCaller;
}
export type Credential = keyof Callers;
