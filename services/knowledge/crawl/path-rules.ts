import { matchesGlob } from './glob.ts';

/** Which addresses of a site are wanted, as its owner wrote it down. */
export interface PathRules {
  /** When there are some, an address has to fit one of them. */
  readonly include: readonly string[];
  /** An address that fits one of them is left out, whatever else it fits. */
  readonly exclude: readonly string[];
}

/**
 * Why an address is not wanted, or undefined when it is. A pattern that starts with a slash is held against path and query,
 * any other against the whole address; `/docs/*` and `/docs/**` mean the folder itself, too.
 */
export const reasonAgainstPath = ({ include, exclude }: PathRules, url: string): string | undefined => {
  const barring = exclude.find((pattern) => fits(pattern, url));
  if (barring !== undefined) return `it is left out by ${barring}`;
  if (include.length === 0 || include.some((pattern) => fits(pattern, url))) return undefined;
  return 'it is not among the addresses to include';
};

const fits = (pattern: string, text: string): boolean => {
  const { href, pathname, search } = new URL(text);
  const subject = pattern.startsWith('/') ? pathname + search : href;
  if (matchesGlob(pattern, subject)) return true;
  // Most patterns are written for paths, by people who do not think of queries.
  if (search !== '' && !pattern.includes('?') && matchesGlob(pattern, subject.slice(0, -search.length))) return true;
  const folder = /^(.*)\/\*+$/.exec(pattern)?.[1];
  return folder !== undefined && matchesGlob(folder, subject);
};
