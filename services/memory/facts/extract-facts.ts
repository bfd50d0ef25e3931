import { environmentRules } from './environment-rules.ts';
import type { Fact, FactRule } from './fact.ts';
import { identifierRules } from './identifier-rules.ts';
import { issueRules } from './issue-rules.ts';
import { outcomeRules } from './outcome-rules.ts';
import { preferenceRules } from './preference-rules.ts';
import { profileRules } from './profile-rules.ts';
import { statementsIn, type Statement } from './statements.ts';

const visitorRules = [...identifierRules, ...profileRules, ...environmentRules, ...preferenceRules, ...issueRules];
const factsMax = 8;
const valueCharsMax = 200;

/**
 * What a turn says about the visitor: of their own words what tables of patterns find, of ours only what we did or promised.
 * The same words give the same facts; what stood in a prompt is never looked at.
 */
export const extractFacts = (role: 'user' | 'assistant', text: string): readonly Fact[] => {
  const rules = role === 'user' ? visitorRules : outcomeRules;
  const found = new Map<string, Fact>();
  for (const statement of statementsIn(text)) {
    for (const rule of rules) {
      if (statement.isQuestion && rule.inQuestions !== true) continue;
      for (const fact of factsOf(rule, statement)) found.set(identityOf(fact), fact);
    }
  }
  return [...found.values()].slice(0, factsMax);
};

// Of a single key the last word of a turn counts: "I'm on Basic. No wait, I'm on the Pro plan."
const identityOf = ({ key, value, isSingle, retracts }: Fact): string =>
  isSingle ? `${key}|${String(retracts)}` : `${key}|${value.toLowerCase()}`;

function* factsOf(rule: FactRule, { text, start }: Statement): Generator<Fact> {
  for (const match of text.matchAll(rule.pattern)) {
    const said = match.groups?.['value'] ?? '';
    const value = rule.clean === undefined ? said : rule.clean(said, match);
    if (value === undefined || (value === '' && rule.retracts !== true) || isStandIn(value)) continue;
    yield {
      kind: rule.kind,
      key: typeof rule.key === 'string' ? rule.key : rule.key(value),
      value: value.slice(0, valueCharsMax).toWellFormed(),
      isSingle: rule.isSingle,
      retracts: rule.retracts === true,
      start: start + match.index,
      end: start + match.index + match[0].length,
      days: rule.days,
    };
  }
}

/** What redaction put in place of a secret. */
const isStandIn = (value: string): boolean => /^\[[a-z ]+\]$/.test(value);
