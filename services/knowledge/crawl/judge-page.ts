import { sha256Hex } from '../../../shared/crypto/hash.ts';
import type { GuardedResponse } from '../../../shared/http/guarded-client.ts';
import type { PageReading } from '../extract/read-page.ts';
import { ofSite, wantedOf } from './addresses.ts';
import { skipped } from './outcomes.ts';
import { reasonAgainstPath } from './path-rules.ts';
import type { Outcome, Visit } from './port.ts';
import { normaliseUrl, pageKey, type Site } from './site-url.ts';
import { validatorsOf } from './validators.ts';
import type { Walk } from './visit-page.ts';

interface Evidence {
  readonly response: GuardedResponse;
  readonly reading: PageReading;
}

/** What becomes of a page that was read: kept under its own or its canonical address, or skipped with the reason. */
export const judgePage = async (walk: Walk, visit: Visit, evidence: Evidence): Promise<Outcome> => {
  const { response, reading } = evidence;
  const header = headerRobots(response);
  const mayFollow = reading.isFollowable && !header.has('nofollow') && !header.has('none');
  const links = mayFollow ? ofSite(walk.site, reading.links) : [];
  const found = visit.depth < walk.depthMax ? wantedOf(walk.rules, links, visit.depth + 1) : [];
  const url = normaliseUrl(response.url);
  const skip = (code: string, reason: string): Outcome => ({
    ...skipped(url, code, reason, found),
    isCut: reading.isCut,
    memory: { links, validators: null },
  });

  if (!reading.isIndexable || header.has('noindex') || header.has('none')) {
    return skip('noindex', 'it asks not to be indexed');
  }
  if (reading.words === 0) return skip('empty', 'it holds no text');
  const hash = sha256Hex(reading.text);
  const twin = await walk.list.twinOf(hash, visit);
  if (twin !== undefined) return skip('duplicate', `it reads the same as ${twin}`);
  const canonical = canonicalOf(walk.site, evidence);
  if (canonical !== undefined && (await walk.list.isTaken(canonical, visit))) {
    return skip('duplicate', `it is a copy of ${canonical}`);
  }
  const name = nameOf(visit, canonical ?? url);
  const unwanted = reasonAgainstPath(walk.rules, name);
  if (unwanted !== undefined) return skip('excluded', unwanted);
  const content = { text: reading.text, title: reading.title, bytes: response.body.byteLength };
  return {
    page: { url: name, state: 'fetched', hash, content },
    found,
    isCut: reading.isCut,
    memory: { links, validators: validatorsOf(response.headers) },
  };
};

/** A page that is only spelled in another way keeps the address its document has. */
const nameOf = ({ remembered }: Visit, url: string): string =>
  remembered !== null && pageKey(remembered.name) === pageKey(url) ? remembered.name : url;

/** The page's canonical address when it is another one of the same site; addresses elsewhere are nobody's business here. */
const canonicalOf = (site: Site, { reading, response }: Evidence): string | undefined => {
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
