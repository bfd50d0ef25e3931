import iconv from 'iconv-lite';
import type { DecodedText } from './decode-text.ts';
import { guessEncoding } from './guess-encoding.ts';
import { hasAlphabetSwitch } from './unicode.ts';

/** Text of bytes that are neither valid UTF-8 nor marked as Unicode; Windows-1252, which reads any bytes, at the worst. */
export const decodeLegacy = (bytes: Uint8Array, declared: string | undefined): DecodedText => {
  const escaped = decodeEscaped(bytes);
  if (escaped !== undefined) return escaped;
  const asDeclared = declared === undefined ? undefined : decodeDeclared(bytes, declared);
  const damaged = asDeclared ?? decodeDamagedUtf8(bytes);
  if (damaged !== undefined) return damaged;
  const guess = guessEncoding(bytes, decodeBy);
  const encoding = guess?.encoding ?? 'windows-1252';
  const text = decodeBy(bytes, encoding);
  // Romanian writes a comma below; the older tables had only the cedilla to offer.
  const isRomanian = guess?.language === 'ro';
  return { text: isRomanian ? withCommaBelow(text) : text, encoding: labelOf(encoding) };
};

// What iconv knows by another name.
const otherNames: Readonly<Record<string, string>> = { maclatin2: 'maccenteuro', 'iso2022-jp-2': 'iso-2022-jp' };
// Tables of more than one byte are best in the platform's own decoder.
const platformNames = new Set(['gb18030', 'big5', 'cp932', 'euc-jp', 'cp949', 'euc-kr', 'iso2022-jp-2', 'iso-2022-jp']);
const platformLabels: Readonly<Record<string, string>> = {
  cp932: 'shift_jis',
  cp949: 'euc-kr',
  'iso2022-jp-2': 'iso-2022-jp',
};

const decodeBy = (bytes: Uint8Array, name: string): string => {
  if (platformNames.has(name)) return new TextDecoder(platformLabels[name] ?? name).decode(bytes);
  const known = otherNames[name] ?? name;
  return iconv.decode(Buffer.from(bytes), iconv.encodingExists(known) ? known : 'windows-1252');
};

const decodeDeclared = (bytes: Uint8Array, declared: string): DecodedText | undefined => {
  try {
    const decoder = new TextDecoder(declared, { fatal: true });
    if (decoder.encoding === 'utf-8' || !iconv.encodingExists(decoder.encoding)) return undefined;
    // Some releases of Node 20 and 22 read Windows-1252 as Latin-1, so the platform only judges.
    const text = decoder.decode(bytes);
    const isOneByte = /^(?:windows|iso-8859|koi8|ibm|mac|x-mac)/.test(decoder.encoding);
    return { text: isOneByte ? decodeBy(bytes, decoder.encoding) : text, encoding: decoder.encoding };
  } catch {
    // An unknown label, or bytes that are not of this encoding.
    return undefined;
  }
};

/** UTF-8 that was cut or patched by something that knew bytes only: a bad byte to at least twenty good characters. */
const decodeDamagedUtf8 = (bytes: Uint8Array): DecodedText | undefined => {
  const text = new TextDecoder().decode(bytes);
  let good = 0;
  let bad = 0;
  for (const character of text) {
    if (character === '\uFFFD') bad += 1;
    else if (character > '\x7f') good += 1;
  }
  return good > 20 * bad ? { text, encoding: 'utf-8' } : undefined;
};

const escapes: readonly (readonly [RegExp, string])[] = [
  [/\p{Cc}\$\)C/u, 'iso-2022-kr'],
  [/\p{Cc}\$[)*+][AGHE]/u, 'iso-2022-cn'],
  [/\p{Cc}\$[@B(]/u, 'iso-2022-jp'],
];

/** The ISO-2022 family. Korean and Chinese are their eight-bit sisters behind a shift; the platform knows neither. */
const decodeEscaped = (bytes: Uint8Array): DecodedText | undefined => {
  if (!hasAlphabetSwitch(bytes)) return undefined;
  const source = Buffer.from(bytes).toString('latin1');
  const encoding = escapes.find(([pattern]) => pattern.test(source))?.[1];
  if (encoding === undefined) return undefined;
  if (encoding === 'iso-2022-jp') return { text: new TextDecoder(encoding).decode(bytes), encoding };
  const sister = new TextDecoder(encoding === 'iso-2022-kr' ? 'euc-kr' : 'gb18030');
  const [plain = '', ...shifts] = source.replace(/\p{Cc}\$[)*+]\w/gu, '').split(shiftOut);
  // A shift lasts until it is taken back, or to the end of its line.
  const texts = shifts.map((shift) => {
    const end = shift.search(new RegExp(`[${shiftIn}\n]`));
    const [inside, outside] = end === -1 ? [shift, ''] : [shift.slice(0, end), shift.slice(end)];
    return sister.decode(withHighBits(inside)) + outside.replace(shiftIn, '');
  });
  return { text: [plain, ...texts].join(''), encoding };
};

const shiftOut = '\x0e';
const shiftIn = '\x0f';

const withHighBits = (shifted: string): Uint8Array => Buffer.from(shifted, 'latin1').map((byte) => byte | 0x80);

const commaBelow: Readonly<Record<string, string>> = { ş: 'ș', Ş: 'Ș', ţ: 'ț', Ţ: 'Ț' };
const withCommaBelow = (text: string): string => text.replace(/[şŞţŢ]/g, (letter) => commaBelow[letter] ?? letter);

/** The name that the web knows an encoding by. */
const labelOf = (name: string): string => {
  const known = platformLabels[name] ?? name.replace(/^mac(?=[rc])/, 'x-mac-').replace('x-mac-roman', 'macintosh');
  try {
    return new TextDecoder(known).encoding;
  } catch {
    return name;
  }
};
