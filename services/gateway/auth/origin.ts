/** The page a request says it comes from. */
export interface RequestOrigin {
  readonly origin: string | undefined;
  readonly referer: string | undefined;
}

/** What may stand in the Origin of a domain's visitors. */
export interface OriginRule {
  readonly domainName: string;
  readonly allowedOrigins: readonly string[];
}

export type OriginVerdict = 'allowed' | 'refused' | 'absent';

/**
 * Compares Origin, else Referer, with a domain: the registered host, a subdomain of it, or exactly an entry of the allow
 * list by scheme, host and port. An Origin that is there but not usable (`null`, a file, two of them) is refused and never
 * falls back to Referer.
 */
export const judgeOrigin = ({ origin, referer }: RequestOrigin, rule: OriginRule): OriginVerdict => {
  const given = origin ?? referer;
  if (given === undefined) return 'absent';
  const url = parseWebUrl(given);
  if (url === undefined) return 'refused';
  return isOfDomain(url.hostname, rule.domainName) || isListed(url.origin, rule.allowedOrigins) ? 'allowed' : 'refused';
};

/** An http or https origin as a browser writes it: nothing behind the port, no user, at most 300 characters. */
export const isWebOrigin = (origin: string): boolean => parseWebUrl(origin)?.origin === origin;

const parseWebUrl = (value: string): URL | undefined => {
  if (value.length > 2_000 || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  return isWeb && url.username === '' && url.password === '' ? url : undefined;
};

const isOfDomain = (hostname: string, domainName: string): boolean =>
  hostname === domainName || hostname.endsWith(`.${domainName}`);

const isListed = (origin: string, allowed: readonly string[]): boolean =>
  allowed.some((entry) => URL.canParse(entry) && new URL(entry).origin === origin);
