import { reasonAgainstPath, type PathRules } from './path-rules.ts';
import type { Address } from './port.ts';
import { normaliseUrl, otherFileOf, type Site } from './site-url.ts';

/** Those of the addresses that are of the site, in normal form, each once. */
export const ofSite = (site: Site, urls: readonly string[]): readonly string[] => [
  ...new Set(urls.filter((url) => site.owns(url)).map(normaliseUrl)),
];

/** What is to be looked at of addresses of the site: pages that are wanted, and files, which are only named. */
export const wantedOf = (rules: PathRules, urls: readonly string[], depth: number): readonly Address[] =>
  urls
    .filter((url) => reasonAgainstPath(rules, url) === undefined)
    .map((url) => ({ url, depth, kind: otherFileOf(url) === undefined ? 'page' : 'file' }));
