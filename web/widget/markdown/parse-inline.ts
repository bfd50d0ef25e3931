import { safeAddress } from './safe-address.ts';
import type { Inline } from './tree.ts';

const depthMax = 6;
/** How far a closing mark is looked for; keeps a text full of openers linear. */
const reachMax = 2000;

/** Everything that can begin something other than plain text, at one place each. */
const marks = /\\[!-/:-@[-`{-~]|`+|\*\*|__|~~|\*|_|!?\[|<https?:\/\/|<mailto:|https:\/\/|\n/g;

/** Never throws and never loses a character: what is not markup stays text. */
export const parseInline = (source: string, depth = 0): readonly Inline[] => {
  const found: Inline[] = [];
  let plain = '';
  let at = 0;
  const push = (node: Inline, end: number): void => {
    if (plain !== '') found.push({ kind: 'text', text: plain });
    plain = '';
    found.push(node);
    at = end;
  };
  while (at < source.length) {
    marks.lastIndex = at;
    const mark = marks.exec(source);
    if (mark === null) break;
    plain += source.slice(at, mark.index);
    at = mark.index;
    const word = mark[0];
    const piece = depth >= depthMax ? undefined : pieceAt(source, at, word, depth);
    if (word.startsWith('\\')) {
      plain += word.slice(1);
      at += word.length;
    } else if (piece === undefined) {
      plain += word;
      at += word.length;
    } else {
      // The mark of a source belongs to the word before it.
      if (piece.node.kind === 'citation') plain = plain.trimEnd();
      push(piece.node, piece.end);
    }
  }
  plain += source.slice(at);
  if (plain !== '') found.push({ kind: 'text', text: plain });
  return found;
};

interface Piece {
  readonly node: Inline;
  readonly end: number;
}

const pieceAt = (source: string, at: number, mark: string, depth: number): Piece | undefined => {
  if (mark === '\n') return { node: { kind: 'break' }, end: at + 1 };
  if (mark.startsWith('`')) return codeAt(source, at, mark);
  if (mark === '[' || mark === '![') return citationAt(source, at) ?? linkAt(source, at + mark.length, depth);
  if (mark.startsWith('<')) return bracketedAddressAt(source, at);
  if (mark === 'https://') return bareAddressAt(source, at);
  const kind = mark === '~~' ? 'deleted' : mark.length === 2 ? 'strong' : 'emphasis';
  return markedAt(source, at, mark, kind, depth);
};

const codeAt = (source: string, at: number, fence: string): Piece | undefined => {
  const end = nearby(source, fence, at + fence.length);
  if (end === undefined) return undefined;
  return { node: { kind: 'code', text: source.slice(at + fence.length, end).trim() }, end: end + fence.length };
};

const citationAt = (source: string, at: number): Piece | undefined => {
  const digits = /^\[(\d{1,2})\](?!\()/.exec(source.slice(at, at + 5))?.[1];
  if (digits === undefined) return undefined;
  return { node: { kind: 'citation', index: Number(digits) }, end: at + digits.length + 2 };
};

/** An image is shown as a link to itself: fetching it would tell a stranger's server who reads this. */
const linkAt = (source: string, labelAt: number, depth: number): Piece | undefined => {
  const labelEnd = nearby(source, '](', labelAt);
  if (labelEnd === undefined) return undefined;
  const label = source.slice(labelAt, labelEnd);
  if (label.includes('\n\n')) return undefined;
  const end = nearby(source, ')', labelEnd);
  if (end === undefined) return undefined;
  const address =
    source
      .slice(labelEnd + 2, end)
      .trim()
      .split(/\s/)[0] ?? '';
  const href = safeAddress(address);
  const children = parseInline(label === '' ? address : label, depth + 1);
  return { node: href === undefined ? { kind: 'emphasis', children } : { kind: 'link', href, children }, end: end + 1 };
};

const bracketedAddressAt = (source: string, at: number): Piece | undefined => {
  const end = nearby(source, '>', at);
  if (end === undefined) return undefined;
  return addressPiece(source.slice(at + 1, end), end + 1);
};

const bareAddressAt = (source: string, at: number): Piece | undefined => {
  const run = /^https:\/\/[^\s<>"'`|*]+/.exec(source.slice(at, at + reachMax))?.[0] ?? '';
  const address = run.replace(/\[\d{1,2}\].*$|[.,;:!?)\]}]+$/, '');
  return address.length <= 'https://'.length ? undefined : addressPiece(address, at + address.length);
};

const addressPiece = (address: string, end: number): Piece | undefined => {
  const href = safeAddress(address);
  if (href === undefined) return undefined;
  return { node: { kind: 'link', href, children: [{ kind: 'text', text: address.replace(/^mailto:/, '') }] }, end };
};

const markedAt = (
  source: string,
  at: number,
  mark: string,
  kind: 'strong' | 'emphasis' | 'deleted',
  depth: number,
): Piece | undefined => {
  const start = at + mark.length;
  if (/\s/.test(source.charAt(start)) || start >= source.length) return undefined;
  // snake_case and 2*3*4 are words, not emphasis.
  const isInsideWord = /\w/.test(source.charAt(at - 1));
  if (mark.startsWith('_') && isInsideWord) return undefined;
  const within = source.slice(0, start + reachMax);
  for (let end = within.indexOf(mark, start + 1); end > 0; end = within.indexOf(mark, end + 1)) {
    if (/\s/.test(source.charAt(end - 1))) continue;
    const after = source.charAt(end + mark.length);
    if (mark.length === 1 && (after === mark || source.charAt(end - 1) === mark)) continue;
    if (mark.startsWith('_') && /\w/.test(after)) continue;
    return { node: { kind, children: parseInline(source.slice(start, end), depth + 1) }, end: end + mark.length };
  }
  return undefined;
};

const nearby = (source: string, word: string, from: number): number | undefined => {
  const place = source.slice(from, from + reachMax).indexOf(word);
  return place < 0 ? undefined : from + place;
};
