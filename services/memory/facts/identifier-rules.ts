import type { FactRule } from './fact.ts';

// With a digit in it; a hyphen or slash inside belongs to it.
const code = String.raw`(?<value>(?=[A-Z0-9/_-]*\d)[A-Z0-9]+(?:[-/_][A-Z0-9]+)*)(?![A-Z0-9]|[.,]\d)`;
const days = 400;
const charsMin = 4;

const numbered = (key: string, words: string, charsLeast = charsMin): FactRule => ({
  kind: 'identifier',
  key: `identifier.${key}`,
  isSingle: false,
  days,
  inQuestions: true,
  pattern: new RegExp(
    String.raw`\b(?:${words})(?:'s)?(?: number| no\.?| nr\.?| id| code| ref(?:erence)?)*(?: is| was|:| =)*\s*#?\s?${code}`,
    'giu',
  ),
  clean: (value) =>
    value.length >= charsLeast && !/^\d{4}-\d{2}-\d{2}$/.test(value) ? value.toUpperCase() : undefined,
});

/** Numbers and codes that name something of the visitor's. */
export const identifierRules: readonly FactRule[] = [
  numbered('order', 'order|purchase'),
  numbered('invoice', 'invoice|receipt|bill'),
  numbered('ticket', 'ticket|case|support request|incident'),
  numbered('rma', 'rma|return'),
  numbered('tracking', 'tracking|parcel|shipment|package|consignment'),
  numbered('subscription', 'subscription|contract|policy|membership'),
  numbered('serial', 'serial|s/n'),
  numbered('account', 'account|customer|client'),
  numbered('sku', 'sku|item|article|model'),
  numbered('error', 'error|exception|fault|status code', 3),
];
