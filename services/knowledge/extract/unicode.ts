import { isUtf8 } from 'node:buffer';

export type UnicodeEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be';

const marks: readonly (readonly [UnicodeEncoding, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  // Before UTF-16, whose mark it starts with.
  ['utf-32le', [0xff, 0xfe, 0, 0]],
  ['utf-32be', [0, 0, 0xfe, 0xff]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** The encoding that a byte order mark at the start names. */
export const markOf = (bytes: Uint8Array): UnicodeEncoding | undefined =>
  marks.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte))?.[0];

const sampleBytes = 2048;

/** UTF-16 or UTF-32 without a mark, told by where the zero bytes of Latin letters fall; undefined when it is neither. */
export const looksWide = (bytes: Uint8Array): UnicodeEncoding | undefined => {
  const sample = bytes.subarray(0, sampleBytes);
  if (sample.length < 4) return undefined;
  const zeros = [0, 0, 0, 0];
  sample.forEach((byte, at) => {
    if (byte === 0) zeros[at % 4] = (zeros[at % 4] ?? 0) + 1;
  });
  const [first, second, third, fourth] = zeros.map((count) => count / (sample.length / 4));
  const isZero = (share: number | undefined): boolean => share !== undefined && share > 0.6;
  const isText = (share: number | undefined): boolean => share !== undefined && share < 0.05;
  if (isText(first) && isZero(second) && isZero(third) && isZero(fourth)) return 'utf-32le';
  if (isZero(first) && isZero(second) && isZero(third) && isText(fourth)) return 'utf-32be';
  if (isText(first) && isZero(second) && isText(third) && isZero(fourth)) return 'utf-16le';
  if (isZero(first) && isText(second) && isZero(third) && isText(fourth)) return 'utf-16be';
  return undefined;
};

/** Bytes of any Unicode encoding as text; what is no character becomes U+FFFD. A mark at the start is left out. */
export const decodeAs = (bytes: Uint8Array, encoding: UnicodeEncoding): string =>
  encoding === 'utf-32le' || encoding === 'utf-32be'
    ? decodeUtf32(bytes, encoding === 'utf-32le')
    : new TextDecoder(encoding).decode(bytes);

const decodeUtf32 = (bytes: Uint8Array, isLittleEndian: boolean): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const units = Array.from({ length: Math.floor(bytes.byteLength / 4) }, (_, at) =>
    view.getUint32(at * 4, isLittleEndian),
  );
  const characters = units.map((code) => (code > 0x10ffff ? '\uFFFD' : String.fromCodePoint(code)));
  return characters.join('').replace(/^\uFEFF/, '');
};

/** Valid UTF-8 that is not ISO-2022, whose texts are ASCII to the eye: escape sequences switch the alphabet. */
export const isPlainUtf8 = (bytes: Uint8Array): boolean => isUtf8(bytes) && !hasAlphabetSwitch(bytes);

/** True when an escape sequence of ISO-2022 is there. */
export const hasAlphabetSwitch = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('\x1b$');
