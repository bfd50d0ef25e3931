export interface ErrorPlace {
  /** What is wrong, as a clause: "unexpected `}`". */
  readonly words: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

/**
 * Where JSON text stops being JSON. Node 20 names no position for most errors, so the text is read once more by its
 * grammar. Meant for text that `JSON.parse` has refused; for valid text it tells the end.
 */
export const jsonErrorPlace = (source: string): ErrorPlace => {
  const at = errorOffset(source);
  const before = source.slice(0, at);
  const line = before.split('\n').length;
  const found = at >= source.length ? 'the end comes too early' : `unexpected ${quoted(source, at)}`;
  return { words: found, line, column: at - before.lastIndexOf('\n') };
};

const quoted = (source: string, at: number): string => {
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
  return /[\p{Cc}\p{Cf}\p{Cs}]/u.test(character) ? 'control character' : `\`${character}\``;
};

const space = /[ \t\n\r]*/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma or end' | 'nothing';

/** The grammar as a machine: what may come next, and the brackets that are open. */
const errorOffset = (source: string): number => {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let at = skip(space, source, 0);
  while (at < source.length) {
    const character = source.charAt(at);
    const top = open.at(-1);
    let end = at + 1;
    if (expected === 'colon') {
      if (character !== ':') return at;
      expected = 'value';
    } else if (expected === 'comma or end' || expected === 'nothing') {
      if (top === undefined) return at;
      if (character === ',') expected = top === '{' ? 'key' : 'value';
      else if (character === closing[top]) expected = close(open);
      else return at;
    } else if ((expected === 'key or }' && character === '}') || (expected === 'value or ]' && character === ']')) {
      expected = close(open);
    } else if (expected.startsWith('value') && (character === '{' || character === '[')) {
      open.push(character);
      expected = character === '{' ? 'key or }' : 'value or ]';
    } else {
      const isKey = expected.startsWith('key');
      if (isKey && character !== '"') return at;
      const read = character === '"' ? readString(source, at) : readScalar(source, at);
      if (!read.isWhole) return read.end;
      end = read.end;
      expected = isKey ? 'colon' : afterValue(open);
    }
    at = skip(space, source, end);
  }
  return source.length;
};

const closing = { '{': '}', '[': ']' } as const;

const close = (open: ('{' | '[')[]): Expected => {
  open.pop();
  return afterValue(open);
};

const afterValue = (open: readonly string[]): Expected => (open.length === 0 ? 'nothing' : 'comma or end');

const skip = (pattern: RegExp, source: string, from: number): number => {
  pattern.lastIndex = from;
  return pattern.test(source) ? pattern.lastIndex : from;
};

interface Read {
  /** Behind the value, or where it goes wrong. */
  readonly end: number;
  readonly isWhole: boolean;
}

const readScalar = (source: string, from: number): Read => {
  const end = skip(scalar, source, from);
  return { end, isWhole: end > from };
};

const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

// By hand, because a pattern would keep a way back for each of a few million characters.
const readString = (source: string, quote: number): Read => {
  let at = quote + 1;
  while (at < source.length) {
    const code = source.charCodeAt(at);
    if (code === 0x22) return { end: at + 1, isWhole: true };
    if (code < 0x20) return { end: at, isWhole: false };
    const next = code === 0x5c ? skip(escape, source, at) : at + 1;
    if (next === at) return { end: at, isWhole: false };
    at = next;
  }
  return { end: at, isWhole: false };
};
