import ipaddr from 'ipaddr.js';

/** A verdict on an address that a stranger gave us. `reason` is a clause for people: "it names a private network". */
export type Verdict =
  | {
      readonly allowed: true;
      readonly url: URL;
      /** Named by the operator, so private answers of DNS are fine. */ readonly listed: boolean;
    }
  | { readonly allowed: false; readonly reason: string };

export interface GuardOptions {
  /** `host:port` pairs that the operator allows although they are private, such as `127.0.0.1:8080`. */
  readonly allowHosts: readonly string[];
}

const urlCharsMax = 2048;

/**
 * Whether an address may be fetched, judged without opening a socket: what the WHATWG parser makes of the text, so that
 * every spelling of an address is seen as what `fetch` would see. http(s) only, no userinfo, ports 80 and 443, public
 * names and public unicast addresses. Names still have to pass `guardedLookup` when the socket is opened.
 */
export const classifyUrl = (text: string, options: GuardOptions): Verdict => {
  if (text.length > urlCharsMax) return refused(`it is over ${urlCharsMax} characters long`);
  if (!URL.canParse(text)) return refused('it is not an absolute URL');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return refused('only http and https are fetched');
  if (url.username !== '' || url.password !== '') return refused('it carries a user name or a password');
  if (isListed(url, options.allowHosts)) return { allowed: true, url, listed: true };
  if (url.port !== '' && url.port !== '80' && url.port !== '443') return refused('only ports 80 and 443 are fetched');
  const reason = reasonAgainstHost(url.hostname);
  return reason === undefined ? { allowed: true, url, listed: false } : refused(reason);
};

const refused = (reason: string): Verdict => ({ allowed: false, reason });

const isListed = (url: URL, allowHosts: readonly string[]): boolean => {
  const port = url.port === '' ? defaultPorts[url.protocol] : url.port;
  return allowHosts.some((entry) => entry.trim().toLowerCase() === `${url.hostname}:${port ?? ''}`);
};

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

// Names that mean something only inside a network (RFC 6761, 6762, 8375, 7686, 9476 and what networks call themselves).
const privateSuffixes = [
  'localhost',
  'local',
  'localdomain',
  'internal',
  'intranet',
  'private',
  'corp',
  'home',
  'lan',
  'arpa',
  'onion',
  'alt',
  'invalid',
];

const reasonAgainstHost = (hostname: string): string | undefined => {
  const name = hostname.replace(/\.+$/, '');
  const literal = name.startsWith('[') ? name.slice(1, -1) : name;
  if (ipaddr.isValid(literal)) return reasonAgainstAddress(literal);
  const labels = name.split('.');
  if (labels.length < 2) return 'its name has no dot, so it belongs to a private network';
  if (privateSuffixes.includes(labels.at(-1) ?? '')) return 'its name belongs to a private network';
  return undefined;
};

// RFC 4291: everything handed out for the public Internet starts with 001. What else lies in there, such as 6to4 and
// Teredo, ipaddr.js knows; what lies outside, such as ::/96 and NAT64, it partly takes for unicast.
const publicIpv6 = ipaddr.parseCIDR('2000::/3');

/** Why no socket may be opened to this IP address, or undefined when it is public unicast. An IPv4-mapped one is its IPv4. */
export const reasonAgainstAddress = (address: string): string | undefined => {
  if (!ipaddr.isValid(address)) return 'it has no valid address';
  const parsed = ipaddr.process(address);
  const isPublic = parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(publicIpv6));
  return isPublic ? undefined : 'it leads to an address that is not public';
};
