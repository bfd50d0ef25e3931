import type { FactRule } from './fact.ts';

const word = String.raw`\p{Lu}[\p{L}\p{N}'’&.-]*[\p{L}\p{N}]`;
const properName = String.raw`(?<value>${word}(?: (?:${word}|&|of|and|de|van|von|der|la|le|the)){0,4}(?<! (?:of|and|de|van|von|der|la|le|the|&)))`;
const personName = String.raw`(?<value>\p{Lu}[\p{L}'’-]+(?: (?:\p{Lu}[\p{L}'’-]+|de|van|von|der|la|al|bin)){0,3}(?<! (?:de|van|von|der|la|al|bin)))`;
const i = String.raw`(?<!\p{L})[Ii](?:\s?['’]?m| am)`;
const now = String.raw`(?: (?:now|currently|actually|still|just|both|recently))*`;
const yearDays = 730;

const noNames = new Set(
  'not sorry very still really just also here having trying looking using sure unable happy new now writing from with on at in a the'.split(
    ' ',
  ),
);
const nameOf = (value: string): string | undefined => {
  const first = value.split(' ')[0] ?? '';
  return noNames.has(first.toLowerCase()) ? undefined : value.replace(/\b\p{Ll}/gu, (letter) => letter.toUpperCase());
};

const profile = (key: string, pattern: string, more: Partial<FactRule> = {}): FactRule => ({
  kind: 'profile',
  key: `profile.${key}`,
  isSingle: true,
  days: yearDays,
  pattern: new RegExp(pattern, 'gu'),
  ...more,
});

const jobs =
  'manager|engineer|developer|programmer|designer|teacher|nurse|doctor|lawyer|accountant|architect|consultant|analyst|owner|director|founder|ceo|cto|cfo|administrator|admin|assistant|officer|technician|electrician|plumber|photographer|writer|editor|student|researcher|scientist|baker|chef|librarian|receptionist|bookkeeper|freelancer|carpenter|pharmacist|dentist|translator|farmer|gardener|coach|trainer|buyer|specialist|coordinator|supervisor';
const languages =
  'English|German|French|Spanish|Italian|Portuguese|Dutch|Polish|Swedish|Norwegian|Danish|Finnish|Czech|Turkish|Greek|Russian|Ukrainian|Arabic|Hebrew|Hindi|Chinese|Japanese|Korean|Romanian|Hungarian';
const place = String.raw`(?<value>\p{Lu}[\p{L}'’.-]*\p{L}(?:[ -](?:(?:am|de|la|upon|sur|of)[ -])?\p{Lu}[\p{L}'’.-]*\p{L}){0,3})`;

/** Who the visitor is, and how they can be reached. */
export const profileRules: readonly FactRule[] = [
  profile(
    'name',
    String.raw`(?<!\p{L})(?:[Mm]y (?:full |first |correct |real |new )?name(?:'s|’s| is| was)${now}|[Cc]all me|[Ii] am called|[Ii]['’]m called|[Ii] go by)${now} ${personName}`,
    { clean: nameOf },
  ),
  profile('name', String.raw`(?<!\p{L})[Mm]y name(?:'s|’s| is) (?<value>\p{Ll}{3,})(?=[.,!]|$| and )`, {
    clean: nameOf,
  }),
  profile(
    'name',
    String.raw`(?:^|[Hh]i|[Hh]ello|[Hh]ey|[Gg]ood (?:morning|afternoon|evening|day))[ ,!.–-]*(?:[Tt]his is|[Ii] am|[Ii]['’]m) ${personName}(?=[.,!]| (?:from|and|here|again|at|with)|$)`,
    { clean: nameOf },
  ),
  profile('name', String.raw`^(?:[Hh]i|[Hh]ello|[Hh]ey)?[ ,!]*${personName} here(?=[.,!]|$)`, { clean: nameOf }),
  profile(
    'company',
    String.raw`(?<!\p{L})(?:[Ii]${now} work(?:ing)? (?:at|for)|${i}${now} working (?:at|for)|[Ii](?:['’]ve| have)?${now} (?:joined|moved to|started (?:at|with)) (?:a company called )?|[Mm]y (?:new )?(?:company|employer|firm|business)(?: is|'s|’s)(?: now)?(?: called)?|[Oo]ur company(?: is|'s)(?: called)?) (?:the )?${properName}(?= (?:as|now|since|in|and)|[.,!;]|$)`,
    { clean: (value, match) => (/moved to/u.test(match[0]) ? undefined : value) },
  ),
  profile('company', String.raw`[Ii] (?:no longer|don['’]t|do not) work (?:at|for) (?:the )?${properName}`, {
    retracts: true,
  }),
  profile(
    'role',
    String.raw`(?:${i}${now} (?:an?|the) |[Ii]${now} work(?:ing)? (?:(?:at|for|in) [\p{L}\p{N} &.-]{2,40}? )?as (?:an?|the) |[Mm]y (?:job|role|position)(?: title)? is (?:an? |the )?)(?<value>(?:[\p{L}-]+ ){0,3}?(?:${jobs}))(?!\p{L})`,
    { clean: (value) => value.toLowerCase() },
  ),
  profile(
    'city',
    String.raw`(?<!\p{L})(?:[Ii]${now} live in|${i}${now} (?:based|living|located) in|[Ii](?:['’]ve| have)?${now} moved (?:house )?(?:from \p{Lu}[\p{L}-]+ )?to|[Mm]y (?:home )?(?:city|town) is${now}|[Ww]e${now} (?:live|moved) (?:in|to)) ${place}`,
  ),
  profile('city', String.raw`[Ii] (?:no longer|don['’]t|do not) live in ${place}`, { retracts: true }),
  profile(
    'timezone',
    String.raw`(?:[Mm]y time ?zone(?:'s| is)${now}|${i}${now} (?:in|on)(?: the)?) (?<value>(?:UTC|GMT)(?: ?[+-] ?\d{1,2}(?::\d{2})?)?|CES?T|[EPMC][SD]T|BST|IST|JST|AE[SD]T|[A-Z]\p{L}+\/\p{Lu}[\p{L}_]+)(?! (?:team|office))`,
    { clean: (value) => value.replaceAll(' ', '') },
  ),
  profile(
    'language',
    String.raw`(?:(?:[Mm]y (?:first |native |preferred )?language is|[Ii] (?:only |mainly |mostly )?speak|(?:write|reply|answer|respond|speak|talk)(?: back)?(?: to me)? in)${now}) (?<value>${languages})(?!\p{L})`,
    { clean: (value) => value },
  ),
  {
    ...profile(
      'email',
      String.raw`[Mm]y (?:new |work |private |personal |current )?e-?mail(?: address)?(?:'s| is| has changed to|:)${now} (?<value>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)`,
    ),
    kind: 'contact',
    key: 'contact.email',
  },
  {
    ...profile(
      'phone',
      String.raw`[Mm]y (?:new |work |private |mobile |cell |current )*(?:phone|mobile|cell|telephone|number)(?: number)?(?:'s| is|:)${now} (?<value>\+?\d[\d ()/-]{6,18}\d)`,
    ),
    kind: 'contact',
    key: 'contact.phone',
  },
];
