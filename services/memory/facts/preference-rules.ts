import type { FactRule } from './fact.ts';

const days = 365;
const i = String.raw`\bi(?:['’]d| would| do| really| always| strongly| also| actually| now)*`;
const channels: Readonly<Record<string, string>> = {
  'e-mail': 'email',
  mail: 'email',
  emails: 'email',
  emailed: 'email',
  call: 'phone',
  calls: 'phone',
  telephone: 'phone',
  phoned: 'phone',
  called: 'phone',
  text: 'sms',
  texts: 'sms',
  'text message': 'sms',
  texted: 'sms',
  letter: 'post',
};
const channel = 'e-?mails?|phone(?: calls?)?|telephone|calls?|sms|texts?|text messages?|whatsapp|chat|post|letter';
const channelOf = (value: string): string => {
  const said = value
    .toLowerCase()
    .replace(/^phone calls?$/, 'phone')
    .replace(/^text messages?$/, 'sms');
  return channels[said] ?? said;
};

const contact = (pattern: string): FactRule => ({
  kind: 'preference',
  key: 'preference.contact',
  isSingle: true,
  days,
  pattern: new RegExp(pattern, 'giu'),
  clean: channelOf,
});

const wordsMax = 5;
const object = String.raw`(?<value>[\p{L}\p{N}'’-]+(?: [\p{L}\p{N}'’-]+){0,${wordsMax - 1}}?)(?=[.,;!]|$| (?:because|since|when|for|over|to|than|instead|but|and|so|please|with|if|as)\b)`;
const opener =
  /^(?:an?|the|my|your|any|some|to|be|being|having|getting|receive|receiving|get|have|use|using|more|no|it|that|this)\s+/iu;
const pronouns = /^(?:it|this|that|you|them|him|her|me|how|what|when|where|if)$/iu;
const channelOnly = new RegExp(`^(?:by |via )?(?:${channel})$`, 'iu');

/** "the paper invoices" → "paper invoices" */
const objectOf = (value: string): string | undefined => {
  let rest = value.toLowerCase();
  while (opener.test(rest)) rest = rest.replace(opener, '');
  return pronouns.test(rest) || rest.length < 3 || channelOnly.test(rest) ? undefined : rest;
};

const wish = (pattern: string, polarity: string): FactRule => ({
  kind: 'preference',
  key: (value) => `preference.${value.replace(new RegExp(`^${polarity} `), '').replace(/s$/u, '')}`,
  isSingle: true,
  days,
  pattern: new RegExp(`${pattern} ${object}`, 'giu'),
  clean: (value) => {
    const kept = objectOf(value);
    return kept === undefined ? undefined : `${polarity} ${kept}`;
  },
});

/** What the visitor wants and does not want. */
export const preferenceRules: readonly FactRule[] = [
  contact(
    String.raw`\b(?:contact|reach|notify|inform|update|answer|message|write to) me (?:only )?(?:by|via|through|on|over|per) (?<value>${channel})\b`,
  ),
  contact(
    String.raw`\bplease (?:only )?(?<value>email|call|text|phone) me(?=[.,!]|$| (?:instead|only|please|rather)\b)`,
  ),
  contact(
    String.raw`${i} (?:prefer|rather have|like)(?: to be (?:contacted|reached|informed))?(?: by| via)? (?<value>${channel})\b(?! (?:support|address|number|plan|case))`,
  ),
  contact(String.raw`\b(?<value>${channel}) is (?:the )?(?:best|better|easiest)(?: way)?(?: for me| to reach me)`),
  wish(String.raw`${i} prefer`, 'prefers'),
  wish(String.raw`${i} (?:love|like|enjoy)`, 'likes'),
  wish(String.raw`${i} (?:hate|dislike|can(?:['’]t|not) stand)`, 'dislikes'),
  wish(String.raw`\bi (?:do not|don['’]t|never) (?:want|like|wish)`, 'does not want'),
];
