const bytesMax = 200;

// Controls, bidirectional overrides and zero-width marks: invisible in a list, or making one name look like another.
const invisible = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/**
 * A client's file name as we show it: the last part of a path, NFC, nothing invisible, at most 200 bytes with the extension
 * kept. Undefined when nothing is left. It names nothing on disk: bodies are stored under ids of our own.
 */
export const cleanFilename = (given: string): string | undefined => {
  const last = given.split(/[/\\]/).at(-1) ?? '';
  const name = last.toWellFormed().normalize('NFC').replace(invisible, '').trim();
  if (name === '' || name === '.' || name === '..') return undefined;
  if (Buffer.byteLength(name) <= bytesMax) return name;
  const extension = /\.[^.]{1,10}$/.exec(name)?.[0] ?? '';
  return cut(name.slice(0, name.length - extension.length), bytesMax - Buffer.byteLength(extension)) + extension;
};

// Cut bytes may end inside a character, which then decodes as the replacement mark.
const cut = (text: string, bytes: number): string =>
  Buffer.from(text)
    .subarray(0, bytes)
    .toString('utf8')
    .replace(/\ufffd+$/, '');
