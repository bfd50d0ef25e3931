import type { FactRule } from './fact.ts';

const days = 180;
const now = String.raw`(?: (?:now|currently|actually|still|just|both|recently|already))*`;
const uses = String.raw`(?:\bi(?: am|['’]?m)?${now} (?:use|using|running|run|on|have|working on|working with)|\b(?:i(?:['’]ve| have)?|we(?:['’]ve| have)?)${now} (?:switched|changed|upgraded|updated|moved|migrated)(?: from [\p{L}\p{N}. ]{2,20}?)? to|\bmy (?:new )?(?:computer|laptop|pc|machine|phone|system|tablet|os|operating system|browser|device)(?: is|'s| runs| has)?${now}(?: on| running)?)`;
const article = String.raw`(?: an?| the| my| your)?(?: new| old)?`;

const environment = (key: string, value: string, more: Partial<FactRule> = {}): FactRule => ({
  kind: 'environment',
  key: `environment.${key}`,
  isSingle: true,
  days,
  pattern: new RegExp(String.raw`${uses}${article} (?<value>${value})(?!\p{L})`, 'giu'),
  ...more,
});

const systems = String.raw`windows(?: \d{1,2}(?:\.\d)?| vista| xp)?|mac ?os(?: [a-z]+| \d+(?:\.\d+)*)?|os x|ubuntu(?: \d+\.\d+)?|debian(?: \d+)?|fedora(?: \d+)?|linux(?: mint)?|android(?: \d+)?|ios(?: \d+(?:\.\d+)*)?|ipados(?: \d+)?|chrome ?os`;
const browsers = String.raw`(?:google )?chrome(?! ?os)|(?:mozilla )?firefox|safari|(?:microsoft )?edge|opera|brave|vivaldi`;
const devices = String.raw`iphone(?: \d{1,2}(?: pro(?: max)?| mini| plus)?| se)?|ipad(?: (?:pro|air|mini))?|macbook(?: (?:pro|air))?|(?:samsung )?galaxy [a-z]?\d{1,2}(?: ultra)?|pixel \d{1,2}(?: pro)?|thinkpad(?: [a-z]\d+)?|surface(?: (?:pro|go|laptop))?|chromebook`;
const plain = (value: string): string => value.replace(/\s+/gu, ' ').trim();
const noPlans =
  /^(?:a|an|the|my|your|this|that|same|new|old|current|which|wrong|right|payment|any|another|different)$/iu;

const planOf = (value: string): string | undefined => {
  const name = plain(value).replace(/^(?:the|your|a|an|my) /iu, '');
  return name === '' || noPlans.test(name) ? undefined : name;
};
const plan = (pattern: string, more: Partial<FactRule> = {}): FactRule => ({
  kind: 'environment',
  key: 'environment.plan',
  isSingle: true,
  days,
  pattern: new RegExp(pattern, 'giu'),
  clean: planOf,
  ...more,
});
const planWord = '(?:plan|tier|subscription|package|edition)';
const planName = String.raw`(?<value>[\p{L}\p{N}+]+(?: [\p{L}\p{N}+]+)?)`;

/** What the visitor uses, and which plan they are on. */
export const environmentRules: readonly FactRule[] = [
  environment('os', systems, { clean: plain }),
  environment('browser', browsers, { clean: (value) => plain(value).replace(/^(?:google|mozilla|microsoft) /iu, '') }),
  {
    ...environment('browser', browsers, {
      clean: (value) => plain(value).replace(/^(?:google|mozilla|microsoft) /iu, ''),
    }),
    pattern: new RegExp(String.raw`${uses}${article} .{0,40}\b(?:with|in|and) (?<value>${browsers})(?!\p{L})`, 'giu'),
  },
  environment('device', devices, { clean: plain }),
  {
    kind: 'environment',
    key: 'environment.app version',
    isSingle: true,
    days,
    pattern:
      /\b(?:(?:app|application|software|firmware|client|plugin)(?: version)?(?: is| is on|:)?|i(?: am|['’]?m)?(?: now| still| currently)? (?:on|using|running|have)|(?:updated|upgraded) to)(?: the)?(?: app| software| firmware)?(?: at)? (?:version |v\.? ?)(?<value>\d+(?:\.\d+)+)/giu,
  },
  plan(
    String.raw`(?:\bi(?: am|['’]?m)|\bwe(?: are|['’]re))${now}(?: back)? on (?:the |your |an? )?${planName} ${planWord}(?!\p{L})`,
  ),
  plan(
    String.raw`\b(?:i|we)(?:['’]ve| have)?${now} (?:upgraded|downgraded|switched|changed|moved|went)(?: back)?(?: from [\p{L}\p{N}+ ]{2,24}?)? to (?:the |your |an? )?${planName} ${planWord}(?!\p{L})`,
  ),
  plan(String.raw`\b(?:i|we)${now} (?:have|bought|pay for|use) (?:the |your |an? )${planName} ${planWord}(?!\p{L})`),
  plan(
    String.raw`\b(?:my|our) (?:current |new )?${planWord} is${now} (?:the |called )?(?<value>[\p{L}\p{N}+]+)(?! (?:too|not))(?=[.,!;]|$| (?:now|plan|tier))`,
  ),
  plan(String.raw`\bi (?:cancelled|canceled|ended) (?:my|the) (?<value>(?:[\p{L}\p{N}+]+ )?)${planWord}`, {
    retracts: true,
    clean: (value) => value.trim(),
  }),
];
