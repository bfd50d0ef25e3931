import { looksUtf16 } from './detect-type.ts';

export interface DecodedText {
  readonly text: string;
  /** WHATWG name of the encoding the bytes were read by. */
  readonly encoding: string;
}

/**
 * Bytes as text: by a byte order mark, else as the sender `declared` it, else UTF-8 when the bytes are valid UTF-8,
 * else Windows-1252, which reads any bytes. A declaration that does not fit the bytes is ignored. Throws nothing.
 */
export const decodeText = (bytes: Uint8Array, declared?: string): DecodedText => {
  const marked = markOf(bytes) ?? looksUtf16(bytes);
  if (marked !== undefined) return { text: new TextDecoder(marked).decode(bytes), encoding: marked };
  const utf8 = decodeStrictly(bytes, 'utf-8');
  // Most pages that declare something else and are valid UTF-8 are UTF-8 behind a server with an old default.
  if (utf8 !== undefined) return utf8;
  const asDeclared = declared === undefined ? undefined : decodeStrictly(bytes, declared);
  return asDeclared ?? { text: decodeBy(new TextDecoder('windows-1252'), bytes), encoding: 'windows-1252' };
};

const markOf = (bytes: Uint8Array): string | undefined => {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
};

const decodeStrictly = (bytes: Uint8Array, encoding: string): DecodedText | undefined => {
  try {
    const decoder = new TextDecoder(encoding, { fatal: true });
    return { text: decodeBy(decoder, bytes), encoding: decoder.encoding };
  } catch {
    // An unknown label, or bytes that are not of this encoding.
    return undefined;
  }
};

const decodeBy = (decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array): string => {
  const text = decoder.decode(bytes);
  return decoder.encoding === 'windows-1252' ? text.replace(c1Controls, (control) => fromC1(control)) : text;
};

// Some releases of Node 20 and 22 read Windows-1252 as Latin-1, which loses the euro sign, quotes and dashes. The
// characters of 0x80 to 0x9F in order; a space stands for the five bytes without one.
const c1Controls = /[\u0080-\u009F]/g;
const windows1252High = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';
const fromC1 = (control: string): string => windows1252High.charAt(control.charCodeAt(0) - 0x80).trim();
