import { isCardNumber, isIban } from './check-digits.ts';

/** One kind of secret: what it looks like, and what stands in its place. */
interface Rule {
  readonly pattern: RegExp;
  /** Given the match and its groups; gives the match back when it is none after all. */
  readonly replace: (match: string, ...groups: readonly string[]) => string;
}

const always = (label: string) => (): string => label;

/** Keeps the words before the secret: `my password is [password]`. */
const behind =
  (label: string, isSecret: (value: string) => boolean = () => true) =>
  (match: string, before = '', value = ''): string =>
    isSecret(value) ? `${before}${label}` : match;

const knownKeys = [
  'sk-[A-Za-z0-9_-]{16,}',
  '(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,}',
  'gh[pousr]_[A-Za-z0-9]{20,}',
  'github_pat_[A-Za-z0-9_]{20,}',
  'glpat-[A-Za-z0-9_-]{16,}',
  'xox[abprs]-[A-Za-z0-9-]{10,}',
  'do[opr]_v1_[a-f0-9]{40,}',
  'AKIA[0-9A-Z]{16}',
  'AIza[A-Za-z0-9_-]{30,}',
  'SG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}',
].join('|');

const link = '\\s*(?:is|was|are|ist|lautet|es|est|:|=)\\s*["\'“«]?';
const passwordWords = 'pass ?word|pass ?code|pass ?phrase|pwd|passwort|kennwort|contraseña|mot de passe|пароль|parol';

// "My password is wrong" tells no password.
const notPasswords: ReadonlySet<string> = new Set(
  (
    'a an the my your our not no never always still also just only very too so being been now here there that this it ' +
    'wrong incorrect invalid expired correct right required reset changed lost forgotten needed set empty missing ' +
    'rejected refused accepted blocked locked working broken weak strong secret hidden protected encrypted unknown ' +
    'in at on for to of from by with and or falsch nicht incorrecta faux'
  ).split(' '),
);
const isPassword = (value: string): boolean => !notPasswords.has(value.toLowerCase().replace(/[^\p{L}]+$/u, ''));
const hasDigit = (value: string): boolean => /\d/.test(value);

/** In this order: what is longer and surer goes first, so that no rule eats a part of another's match. */
const rules: readonly Rule[] = [
  {
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
    replace: always('[private key]'),
  },
  { pattern: /\beyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*/g, replace: always('[token]') },
  { pattern: new RegExp(`\\b(?:${knownKeys})`, 'g'), replace: always('[key]') },
  { pattern: /\b(bearer\s+)([A-Za-z0-9._~+/=-]{12,})/gi, replace: behind('[token]', hasDigit) },
  { pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{1,4}){3,8}\b/gi, replace: (match) => withoutIban(match) },
  { pattern: /(?<![\p{L}\p{N}[])\d(?:[ .-]?\d){12,18}(?![\p{L}\p{N}])/gu, replace: (match) => withoutCard(match) },
  {
    pattern: /\b((?:cvv2?|cvc2?|security code|card code)(?: number)?(?:\s*(?:is|:|=))?\s*)(\d{3,4})(?!\d)/gi,
    replace: behind('[cvv]'),
  },
  {
    pattern:
      /((?:one[- ]time (?:code|password|pin)|\botp|verification code|confirmation code|login code|2fa code|\btan)(?:\s*(?:is|:|=))?\s*)(\d{4,8})(?!\d)/gi,
    replace: behind('[code]'),
  },
  { pattern: /\b(pin(?: code| number)?\s*(?:is|:|=)\s*)(\d{4,8})(?!\d)/gi, replace: behind('[pin]') },
  {
    pattern: new RegExp(`((?<![\\p{L}\\p{N}])(?:${passwordWords})${link})([^\\s\\["'”»]{3,})`, 'giu'),
    replace: behind('[password]', isPassword),
  },
  {
    pattern: new RegExp(
      `(\\b(?:api[ _-]?key|secret(?:[ _-]?key)?|access[ _-]?token|token)${link})([^\\s\\["']{8,})`,
      'gi',
    ),
    replace: behind('[key]', hasDigit),
  },
];

/**
 * Takes secrets out of what is about to be stored or sent: card numbers, IBANs, card and one-time codes, passwords, keys and
 * tokens. Names, addresses and order numbers stay: they are what a visitor wants remembered.
 */
export const redact = (text: string): string =>
  rules.reduce((rest, { pattern, replace }) => rest.replace(pattern, replace), text);

const withoutCard = (match: string): string => (isCardNumber(match.replace(/\D/g, '')) ? '[card]' : match);

// The groups behind an IBAN may be words of the sentence: give them back until what is left adds up.
const withoutIban = (match: string): string => {
  for (let end = match.length; end >= 15; end -= 1) {
    const candidate = match.slice(0, end);
    if (!candidate.endsWith(' ') && isIban(candidate.replaceAll(' ', '').toUpperCase()))
      return `[iban]${match.slice(end)}`;
  }
  return match;
};
