import { matchesGlob } from './glob.ts';

/** What a robots.txt says to us. */
export interface Robots {
  readonly allows: (url: string) => boolean;
  /** Seconds between two requests, when it asks for some. */
  readonly crawlDelayS: number | undefined;
  /** Addresses of sitemaps, as they stand there: unjudged, the first few. */
  readonly sitemaps: readonly string[];
}

interface Rule {
  readonly allow: boolean;
  readonly pattern: string;
}

interface Group {
  readonly agents: string[];
  readonly rules: Rule[];
  crawlDelayS: number | undefined;
}

export const allowAll: Robots = { allows: () => true, crawlDelayS: undefined, sitemaps: [] };
export const allowNone: Robots = { allows: () => false, crawlDelayS: undefined, sitemaps: [] };

/**
 * RFC 9309: the groups that name `agent`, else those for `*`; the longest fitting pattern decides, and Allow wins a tie.
 * Unknown lines are passed over; no more than the limits below is read, so that a huge file costs little.
 */
export const parseRobots = (source: string, agent: string): Robots => {
  const lines = source
    .slice(0, sourceCharsMax)
    .split(/\r\n|\r|\n/, linesMax)
    .map(splitLine);
  const groups = groupsOf(lines);
  const named = groups.filter((group) => group.agents.includes(agent.toLowerCase()));
  const chosen = named.length > 0 ? named : groups.filter((group) => group.agents.includes('*'));
  const rules = chosen.flatMap((group) => group.rules);
  return {
    allows: (url) => isAllowed(rules, pathOf(url)),
    crawlDelayS: chosen.find((group) => group.crawlDelayS !== undefined)?.crawlDelayS,
    // They belong to no group.
    sitemaps: lines
      .flatMap(({ key, value }) => (key === 'sitemap' && value !== '' ? [value] : []))
      .slice(0, sitemapsMax),
  };
};

const sourceCharsMax = 500_000;
const linesMax = 5_000;
const patternCharsMax = 500;
const sitemapsMax = 20;

interface Line {
  readonly key: string;
  readonly value: string;
}

const groupsOf = (lines: readonly Line[]): readonly Group[] => {
  const groups: Group[] = [];
  let isNaming = false;
  for (const { key, value } of lines) {
    if (key === 'user-agent') {
      // Several names in a row share the rules that follow.
      if (!isNaming) groups.push({ agents: [], rules: [], crawlDelayS: undefined });
      groups.at(-1)?.agents.push(productOf(value));
      isNaming = true;
      continue;
    }
    const group = groups.at(-1);
    if (group === undefined || !groupKeys.has(key)) continue;
    isNaming = false;
    addRule(group, key, value);
  }
  return groups;
};

/** `Parley/1.0 (about)` is parley: versions are nobody's rule. */
const productOf = (agent: string): string => (agent.split(/[/\s]/, 1)[0] ?? '').toLowerCase();

const groupKeys = new Set(['allow', 'disallow', 'crawl-delay']);

const addRule = (group: Group, key: string, value: string): void => {
  const seconds = Number(value);
  if (key !== 'crawl-delay') {
    if (value !== '' && value.length <= patternCharsMax) {
      group.rules.push({ allow: key === 'allow', pattern: asInPath(value) });
    }
  } else if (value !== '' && Number.isFinite(seconds) && seconds >= 0) group.crawlDelayS = seconds;
};

/** Rules are written as people read addresses; in one, such letters are encoded. */
const asInPath = (pattern: string): string =>
  pattern.toWellFormed().replace(/[^\0-\x7F]+/g, (letters) => encodeURIComponent(letters));

const splitLine = (line: string): Line => {
  const [content = ''] = line.split('#', 1);
  const colon = content.indexOf(':');
  if (colon === -1) return { key: '', value: '' };
  return { key: content.slice(0, colon).trim().toLowerCase(), value: content.slice(colon + 1).trim() };
};

const pathOf = (url: string): string => {
  const { pathname, search } = new URL(url);
  return pathname + search;
};

const isAllowed = (rules: readonly Rule[], path: string): boolean => {
  let decided: Rule | undefined;
  for (const rule of rules) {
    if (!fits(rule.pattern, path)) continue;
    const length = decided?.pattern.length ?? -1;
    if (rule.pattern.length > length || (rule.pattern.length === length && rule.allow)) decided = rule;
  }
  return decided?.allow ?? true;
};

/** `*` is any run of characters and a last `$` the end; a rule without it is a beginning. */
const fits = (pattern: string, path: string): boolean =>
  pattern.endsWith('$') ? matchesGlob(pattern.slice(0, -1), path) : matchesGlob(pattern, path, { isPrefix: true });
