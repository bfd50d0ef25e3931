const offset = 0x811c9dc5;
const prime = 0x01000193;

/**
 * A term as a signed 32-bit number (FNV-1a, mixed once more), which an index keeps instead of the text. Of a million terms
 * about a hundred share their number with another one; such a pair counts as one term, which no ranking notices.
 */
export const hashOf = (term: string): number => {
  let hash = offset;
  for (let at = 0; at < term.length; at += 1) hash = Math.imul(hash ^ term.charCodeAt(at), prime);
  return mix(hash);
};

/** The number of two terms side by side. */
export const hashOfPair = (left: number, right: number): number => mix(Math.imul(left, 0x9e3779b1) ^ right);

const mix = (hash: number): number => {
  const first = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  const second = Math.imul(first ^ (first >>> 12), 0x297a2d39);
  return second ^ (second >>> 15);
};
