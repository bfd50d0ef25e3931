import { sha256Hex } from '../../../shared/crypto/hash.ts';
import type { GuardedResponse } from '../../../shared/http/guarded-client.ts';
import type { PageReading } from '../extract/read-page.ts';
import type { Frontier } from './frontier.ts';
import { reasonAgainstPath, type PathRules } from './path-rules.ts';
import type { CrawledPage } from './port.ts';
import { normaliseUrl, pageKey, type Site } from './site-url.ts';

interface Evidence {
  readonly response: GuardedResponse;
  readonly reading: PageReading;
  readonly site: Site;
  readonly rules: PathRules;
  readonly frontier: Frontier;
  /** Remembers the page's content when it is kept. */
  readonly hashes: Map<string, string>;
}

interface Judgement {
  readonly page: CrawledPage;
  readonly mayFollow: boolean;
}

/** What becomes of a page that was read: kept under its own or its canonical address, or skipped with the reason. */
export const judgePage = (evidence: Evidence): Judgement => {
  const { response, reading, hashes } = evidence;
  const header = headerRobots(response);
  const mayFollow = reading.isFollowable && !header.has('nofollow') && !header.has('none');
  const url = normaliseUrl(response.url);
  const skip = (reason: string): Judgement => ({ page: { url, state: 'skipped', reason }, mayFollow });

  if (!reading.isIndexable || header.has('noindex') || header.has('none')) return skip('it asks not to be indexed');
  if (reading.words === 0) return skip('it holds no text');
  const hash = sha256Hex(reading.text);
  const twin = hashes.get(hash);
  if (twin !== undefined) return skip(`it reads the same as ${twin}`);
  const canonical = canonicalOf(evidence);
  if (canonical !== undefined && !evidence.frontier.claim(url, canonical)) return skip(`it is a copy of ${canonical}`);
  const name = canonical ?? url;
  const unwanted = reasonAgainstPath(evidence.rules, name);
  if (unwanted !== undefined) return skip(unwanted);
  hashes.set(hash, name);
  const content = { text: reading.text, title: reading.title, bytes: response.body.byteLength, hash };
  return { page: { url: name, state: 'fetched', content }, mayFollow };
};

/** The page's canonical address when it is another one of the same site; addresses elsewhere are nobody's business here. */
const canonicalOf = ({ reading, response, site }: Evidence): string | undefined => {
  if (reading.canonical === null || !site.owns(reading.canonical)) return undefined;
  const canonical = normaliseUrl(reading.canonical);
  return pageKey(canonical) === pageKey(response.url) ? undefined : canonical;
};

/** `X-Robots-Tag`, the rules for all and those for us: `noindex`, `googlebot: nofollow, parley: none`. */
const headerRobots = (response: GuardedResponse): ReadonlySet<string> => {
  const rules = new Set<string>();
  let isOurs = true;
  for (const part of (response.headers['x-robots-tag'] ?? '').toLowerCase().slice(0, 1000).split(',')) {
    const colon = part.indexOf(':');
    if (colon !== -1) isOurs = part.slice(0, colon).trim() === 'parley';
    if (isOurs) rules.add(part.slice(colon + 1).trim());
  }
  return rules;
};
