import { decodeAs, isPlainUtf8, looksWide, markOf } from './unicode.ts';

export interface DecodedText {
  readonly text: string;
  /** WHATWG name of the encoding the bytes were read by, or iconv's where that standard has none. */
  readonly encoding: string;
}

/**
 * Bytes as text: by a byte order mark, else UTF-8 when the bytes are valid UTF-8, else as the sender `declared` it, else
 * by what the bytes look like: UTF-16 or UTF-32 without a mark, UTF-8 with a few bytes gone bad, or one of some sixty
 * older encodings. A declaration that does not fit the bytes is ignored. Throws nothing.
 */
export const decodeText = async (bytes: Uint8Array, declared?: string): Promise<DecodedText> => {
  const unicode = markOf(bytes) ?? looksWide(bytes) ?? (isPlainUtf8(bytes) ? 'utf-8' : undefined);
  // Most pages that declare something else and are valid UTF-8 are UTF-8 behind a server with an old default.
  if (unicode !== undefined) return { text: decodeAs(bytes, unicode), encoding: unicode };
  // Loaded when first needed: the tables of the older encodings are large.
  const { decodeLegacy } = await import('./decode-legacy.ts');
  return decodeLegacy(bytes, declared);
};
