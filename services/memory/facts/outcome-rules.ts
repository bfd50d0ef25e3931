import type { FactRule } from './fact.ts';

const done = 'refunded|cancelled|canceled|replaced|shipped|escalated|reset|upgraded|extended|credited|rebooked';

/** What we told the visitor we did, or will do, for them: not what the documents promise to everybody. */
export const outcomeRules: readonly FactRule[] = [
  {
    kind: 'outcome',
    key: 'outcome',
    isSingle: false,
    days: 180,
    pattern: new RegExp(
      String.raw`^(?<value>.*(?:\b(?:i|we)(?:['’]ve| have)(?: now| already| just)? (?:${done}) (?:your|the|you)\b|\byour (?:order|ticket|account|subscription|payment|request|case|password)\b[^.]{0,40}\b(?:has|have) been (?:${done})\b).*)$`,
      'giu',
    ),
  },
  {
    kind: 'outcome',
    key: 'commitment',
    isSingle: false,
    days: 45,
    pattern:
      /^(?<value>.*\bi(?:['’]ll| will) (?:refund|send|ship|replace|call|credit|cancel|escalate|email|check|forward) (?:you|your|this|it)\b.*)$/giu,
  },
];
