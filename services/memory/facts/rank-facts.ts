import { contentStemsOf } from '../../../shared/retrieval/stems.ts';
import type { FactKind } from './fact.ts';
import type { KnownFact } from './current-facts.ts';

const linesMax = 12;

/** Other words that people use for a key. */
const askedAs: Readonly<Record<string, string>> = {
  'profile.name': 'name called',
  'profile.company': 'company employer firm business work',
  'profile.role': 'role job position title profession work',
  'profile.city': 'city town live living based located home move',
  'profile.timezone': 'timezone time zone',
  'profile.language': 'language speak reply',
  'contact.email': 'email mail address',
  'contact.phone': 'phone telephone mobile number',
  'environment.os': 'operating system os computer windows mac linux',
  'environment.browser': 'browser',
  'environment.device': 'device phone tablet laptop computer',
  'environment.app version': 'app application version software firmware',
  'environment.plan': 'plan tier subscription package edition',
  'preference.contact': 'contact reach prefer channel way',
  'identifier.order': 'order purchase number',
  'identifier.invoice': 'invoice receipt bill number',
  'identifier.ticket': 'ticket case request number',
  'identifier.rma': 'rma return number',
  'identifier.tracking': 'tracking parcel shipment package number',
  'identifier.subscription': 'subscription contract policy membership number',
  'identifier.serial': 'serial number',
  'identifier.account': 'account customer client number',
  'identifier.sku': 'sku item article model number',
  'identifier.error': 'error exception code',
  issue: 'problem issue trouble wrong broken',
  outcome: 'happened done',
  commitment: 'promised will',
};
const generic = new Set(contentStemsOf('number'));

const kindWeight: Readonly<Record<FactKind, number>> = {
  preference: 0.5,
  profile: 0.5,
  issue: 0.4,
  outcome: 0.4,
  identifier: 0.3,
  environment: 0.3,
  contact: 0.2,
};

/** The current facts worth telling for a question: those that it asks for first, then what always helps. */
export const rankFacts = (question: string, facts: readonly KnownFact[]): readonly KnownFact[] => {
  const asked = new Set(contentStemsOf(question));
  return facts
    .filter(({ validTo }) => validTo === null)
    .map((fact) => ({ fact, score: kindWeight[fact.kind] + 2 * overlap(asked, fact) }))
    .sort((left, right) => right.score - left.score)
    .slice(0, linesMax)
    .map(({ fact }) => fact);
};

const overlap = (asked: ReadonlySet<string>, { key, value }: KnownFact): number => {
  const words = new Set(contentStemsOf(`${key.replaceAll('.', ' ')} ${askedAs[key] ?? ''} ${value}`));
  let shared = 0;
  for (const word of words) if (asked.has(word)) shared += generic.has(word) ? 0.3 : 1;
  return shared;
};

/** As a prompt, or a visitor, is told: `plan: Pro (2026-05-01)`. */
export const lineOf = ({ key, value, lastSaidAt }: Pick<KnownFact, 'key' | 'value' | 'lastSaidAt'>): string => {
  const label = key.startsWith('preference.') && key !== 'preference.contact' ? 'preference' : labelOf(key);
  return `${label}: ${value} (${lastSaidAt.toISOString().slice(0, 10)})`;
};

const labelOf = (key: string): string => {
  if (key === 'preference.contact') return 'wants to be reached by';
  const [kind = '', name = kind] = key.split('.');
  return kind === 'identifier' ? `${name} number` : name;
};
