import { contentStemsOf, stemOf } from './stems.ts';

/** Words that customers and documents use for one another. Each line is one meaning. */
const groups = [
  'return returns refund refunds exchange',
  'refund reimburse reimbursement repay money',
  'ship shipping shipment deliver delivery postage dispatch courier send arrive',
  'price prices cost costs fee fees charge charges rate pricing expensive pay',
  'pay payment payments card cards',
  'cancel cancellation terminate termination unsubscribe quit',
  'buy purchase order orders checkout',
  'contact phone telephone call email mail',
  'phone telephone call',
  'open opening hours closed close',
  'account profile login',
  'login signin log sign credentials',
  'password passcode credentials',
  'reset recover restore forgot forgotten lost change',
  'broken damaged defective faulty defect damage crack cracked',
  'fix repair mend',
  'warranty guarantee guaranteed',
  'discount coupon voucher promo promotion code sale',
  'invoice bill billing receipt',
  'delete remove erase deletion removal',
  'change update edit modify alter switch',
  'subscription plan membership tier subscribe',
  'free gratis complimentary trial',
  'size sizes sizing fit',
  'stock available availability',
  'location located address store shop',
  'location located address base based headquarters office',
  'ticket tickets admission admittance entry entrance',
  'appointment appointments booking bookings reservation reservations',
  'job jobs career careers vacancy hiring',
  'fast quick quickly speed',
  'track tracking trace',
  'abroad international internationally overseas worldwide foreign country countries',
  'child children kid kids',
  'pet pets dog dogs cat cats animal animals',
  'wash washing clean cleaning laundry',
  'staff employee employees team worker workers',
  'start begin starts beginning',
  'maximum limit limits most max',
  'minimum least min',
  'allow allowed permit permitted',
  'install installation setup',
  'privacy private personal data gdpr',
  'founder founded founders establish established start',
  'park parking car',
  'language languages speak',
  'bulk wholesale quantity',
] as const;

/** Turns of phrase that say one word; matched in the folded question. */
const phrases: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?:opening|business|office|working) (?:hours|times)\b|\b(?:when|what time).{0,20}\b(?:open|close)\b/u,
    'monday friday daily',
  ],
  [/\b(?:send|give|bring|ship|take|mail)\b.{0,24}\bback\b/u, 'return'],
  [/\bmoney\b.{0,12}\bback\b/u, 'refund'],
  [
    /\bget (?:in touch|hold of)\b|\btalk to (?:you|someone|a (?:human|person))\b|\b(?:reach|speak (?:to|with))\b/u,
    'contact',
  ],
  [/\b(?:sign|log) ?in\b/u, 'login'],
  [/\bhow much\b/u, 'price'],
  [/\bhow (?:expensive|costly)\b/u, 'price'],
  [/\bstop (?:my|the|paying)\b|\bget (?:out of|rid of)\b/u, 'cancel'],
  [/\boutside (?:of )?(?:the )?(?:us|usa|uk|eu|country)\b/u, 'international'],
  [/\b(?:does not|doesnt|not|isnt|stopped) work(?:ing)?\b/u, 'broken'],
];

const neighbours: ReadonlyMap<string, ReadonlySet<string>> = (() => {
  const map = new Map<string, Set<string>>();
  for (const group of groups) {
    const stems = group.split(' ').map(stemOf);
    for (const stem of stems) {
      const known = map.get(stem) ?? new Set<string>();
      for (const other of stems) if (other !== stem) known.add(other);
      map.set(stem, known);
    }
  }
  return map;
})();

const none: ReadonlySet<string> = new Set();

/** Stems that may stand for a stem in a customer's question. */
export const synonymsOf = (stem: string): ReadonlySet<string> => neighbours.get(stem) ?? none;

/** Stems worth looking for besides the question's own. */
export const expansionsOf = (question: string): string[] => [
  ...new Set([...phraseStemsOf(question), ...contentStemsOf(question).flatMap((stem) => [...synonymsOf(stem)])]),
];

/** Single stems for the turns of phrase in a question, such as `return` for "send it back". */
export const phraseStemsOf = (question: string): string[] => {
  const folded = question.toLowerCase().replace(/['’]/gu, '');
  return phrases.filter(([pattern]) => pattern.test(folded)).flatMap(([, words]) => words.split(' ').map(stemOf));
};
