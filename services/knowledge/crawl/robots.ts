/** What a robots.txt says to us. */
export interface Robots {
  readonly allows: (url: string) => boolean;
  /** Seconds between two requests, when it asks for some. */
  readonly crawlDelayS: number | undefined;
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

export const allowAll: Robots = { allows: () => true, crawlDelayS: undefined };
export const allowNone: Robots = { allows: () => false, crawlDelayS: undefined };

/**
 * RFC 9309: the groups that name `agent`, else those for `*`; the longest fitting pattern decides, and Allow wins a tie.
 * Unknown lines are passed over; no more than the limits below is read, so that a huge file costs little.
 */
export const parseRobots = (source: string, agent: string): Robots => {
  const groups = groupsOf(source);
  const named = groups.filter((group) => group.agents.includes(agent.toLowerCase()));
  const chosen = named.length > 0 ? named : groups.filter((group) => group.agents.includes('*'));
  const rules = chosen.flatMap((group) => group.rules);
  return {
    allows: (url) => isAllowed(rules, pathOf(url)),
    crawlDelayS: chosen.find((group) => group.crawlDelayS !== undefined)?.crawlDelayS,
  };
};

const sourceCharsMax = 500_000;
const linesMax = 5_000;
const patternCharsMax = 500;

const groupsOf = (source: string): readonly Group[] => {
  const groups: Group[] = [];
  let isNaming = false;
  for (const line of source.slice(0, sourceCharsMax).split(/\r\n|\r|\n/, linesMax)) {
    const { key, value } = splitLine(line);
    if (key === 'user-agent') {
      // Several names in a row share the rules that follow.
      if (!isNaming) groups.push({ agents: [], rules: [], crawlDelayS: undefined });
      groups.at(-1)?.agents.push(value.toLowerCase());
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

const groupKeys = new Set(['allow', 'disallow', 'crawl-delay']);

const addRule = (group: Group, key: string, value: string): void => {
  const seconds = Number(value);
  if (key !== 'crawl-delay') {
    if (value !== '' && value.length <= patternCharsMax) group.rules.push({ allow: key === 'allow', pattern: value });
  } else if (value !== '' && Number.isFinite(seconds) && seconds >= 0) group.crawlDelayS = seconds;
};

const splitLine = (line: string): { key: string; value: string } => {
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

/** `*` is any run of characters and a last `$` the end. Part by part from the left, so it is linear, unlike a RegExp. */
const fits = (pattern: string, path: string): boolean => {
  const isAnchored = pattern.endsWith('$');
  const [first = '', ...others] = (isAnchored ? pattern.slice(0, -1) : pattern).split('*');
  if (!path.startsWith(first)) return false;
  let at = first.length;
  const last = others.pop();
  for (const part of others) {
    const found = path.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  if (last === undefined) return !isAnchored || at === path.length;
  if (isAnchored) return path.length - last.length >= at && path.endsWith(last);
  return path.includes(last, at);
};
