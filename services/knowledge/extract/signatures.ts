interface Signature {
  /** Latin-1 text of the first bytes. */
  readonly starts: string;
  /** Where they stand; 0 unless said. */
  readonly at?: number;
  readonly words: string;
}

const signatures: readonly Signature[] = [
  { starts: '\x89PNG\r\n\x1a\n', words: 'a PNG picture' },
  { starts: '\xff\xd8\xff', words: 'a JPEG picture' },
  { starts: 'GIF87a', words: 'a GIF picture' },
  { starts: 'GIF89a', words: 'a GIF picture' },
  { starts: 'RIFF', words: 'a WebP picture or a sound or film' },
  { starts: 'II*\0', words: 'a TIFF picture' },
  { starts: 'MM\0*', words: 'a TIFF picture' },
  { starts: '\0\0\x01\0', words: 'an icon' },
  { starts: '8BPS', words: 'a Photoshop picture' },
  { starts: 'ftyp', at: 4, words: 'a film or a HEIC picture' },
  { starts: 'ID3', words: 'an MP3 sound' },
  { starts: 'OggS', words: 'an Ogg sound or film' },
  { starts: 'fLaC', words: 'a FLAC sound' },
  { starts: '\x1aE\xdf\xa3', words: 'a Matroska film' },
  { starts: 'PK\x03\x04', words: 'a ZIP archive or an Office document' },
  { starts: 'PK\x05\x06', words: 'an empty ZIP archive' },
  { starts: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', words: 'an old Office document' },
  { starts: '{\\rtf', words: 'a rich text document (RTF)' },
  { starts: '%!PS', words: 'a PostScript document' },
  { starts: '\x1f\x8b', words: 'a gzip archive' },
  { starts: 'BZh', words: 'a bzip2 archive' },
  { starts: '7z\xbc\xaf\x27\x1c', words: 'a 7z archive' },
  { starts: '\xfd7zXZ\0', words: 'an xz archive' },
  { starts: '(\xb5/\xfd', words: 'a Zstandard archive' },
  { starts: 'Rar!\x1a\x07', words: 'a RAR archive' },
  { starts: 'ustar', at: 257, words: 'a tar archive' },
  { starts: 'MZ', words: 'a Windows program' },
  { starts: '\x7fELF', words: 'a Linux program' },
  { starts: '\xcf\xfa\xed\xfe', words: 'a macOS program' },
  { starts: '\xca\xfe\xba\xbe', words: 'a Java or macOS program' },
  { starts: '\0asm', words: 'a WebAssembly program' },
  { starts: 'SQLite format 3\0', words: 'a SQLite database' },
  { starts: 'wOFF', words: 'a font' },
  { starts: 'wOF2', words: 'a font' },
];

const headBytes = 512;

/** What a file is that starts like nothing we read, in words; undefined when no signature fits. */
export const signatureOf = (bytes: Uint8Array): string | undefined => {
  const head = Buffer.from(bytes.subarray(0, headBytes)).toString('latin1');
  const found = signatures.find(({ starts, at }) => head.startsWith(starts, at ?? 0));
  return found === undefined || isWordsOnly(found, head) ? undefined : found.words;
};

// "MZ Wallace" and "BZhang wrote" are sentences: a signature of letters only counts when the bytes after it are no text.
const isWordsOnly = (signature: Signature, head: string): boolean =>
  /^[A-Za-z0-9]{2,5}$/.test(signature.starts) && signature.at === undefined && !/(?!\s)\p{Cc}/u.test(head);
