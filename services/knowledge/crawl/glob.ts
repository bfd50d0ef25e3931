/**
 * Whether `text` is what the pattern says: `*` is any run of characters, slashes too, and everything else stands for itself.
 * Part by part from the left, so the time is linear, unlike that of a RegExp. With `isPrefix` the text may go on.
 */
export const matchesGlob = (pattern: string, text: string, { isPrefix = false } = {}): boolean => {
  const [first = '', ...others] = pattern.split('*');
  if (!text.startsWith(first)) return false;
  let at = first.length;
  const last = others.pop();
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  if (last === undefined) return isPrefix || at === text.length;
  if (isPrefix) return text.includes(last, at);
  return text.length - last.length >= at && text.endsWith(last);
};
