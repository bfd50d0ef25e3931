import { domainToASCII } from 'node:url';
import { Failure } from '../../shared/errors/failure.ts';

/**
 * The registered form of a domain name that people typed: lower case, international names as punycode, without scheme,
 * path, port, trailing dot or `www.`. Idempotent. Throws `invalid_domain_name` for what is not a host name on the public
 * internet; `localhost`, `*.localhost` and `127.0.0.1` pass only where `allowsLocal`.
 */
export const normaliseDomainName = (typed: string, { allowsLocal }: { readonly allowsLocal: boolean }): string => {
  const name = withoutWww(hostOf(typed.trim()));
  if (isLocal(name)) {
    if (allowsLocal) return name;
    throw refused('Names of this machine can be registered in development only');
  }
  if (!isPublicName(name)) throw refused('Give a host name such as shop.example.com');
  return name;
};

const hostOf = (typed: string): string => {
  const authority = /^(?:https?:\/\/)?([^/?#]*)/i.exec(typed)?.[1] ?? '';
  // What a URL parser would silently drop, decode or read as credentials is a typing mistake here.
  if (/[\s\\@%]/u.test(authority)) throw refused('Give a host name such as shop.example.com');
  return domainToASCII(authority.replace(/:\d{0,5}$/, '')).replace(/\.$/, '');
};

const withoutWww = (name: string): string => {
  const rest = name.startsWith('www.') ? name.slice(4) : name;
  return rest === name || !rest.includes('.') ? name : withoutWww(rest);
};

const isLocal = (name: string): boolean =>
  name === 'localhost' || name === '127.0.0.1' || (name.endsWith('.localhost') && name.split('.').every(isLabel));

const isPublicName = (name: string): boolean => {
  const labels = name.split('.');
  // A last label of digits alone is an address, whatever notation it is in.
  return name.length <= 253 && labels.length > 1 && labels.every(isLabel) && !/^\d+$/.test(labels.at(-1) ?? '');
};

const isLabel = (label: string): boolean => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label);

const refused = (detail: string): Failure => new Failure('invalid_domain_name', { detail });
