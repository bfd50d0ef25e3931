import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { Parser } from 'htmlparser2';
import { Failure } from '../../../shared/errors/failure.ts';

/** What a sitemap names, as it stands there: unjudged, each as often as it is named. */
export interface SitemapReading {
  readonly pages: readonly string[];
  /** Of an index: further sitemaps. */
  readonly sitemaps: readonly string[];
  /** True when it names more than was read. */
  readonly isCut: boolean;
}

export interface SitemapLimits {
  readonly addressesMax: number;
  /** After decompression. Default 50 MB, the most that the protocol allows. */
  readonly bytesMax?: number;
}

/**
 * Reads a sitemap or an index of them: XML or a line an address, gzipped or not. It is read piece by piece, with the thread
 * given away between two, and not beyond the limits, so that neither a long one nor a bomb costs much. Entities that a
 * document declares for itself are never expanded, and nothing it refers to is opened. Throws `document_broken`.
 */
export const readSitemap = async (body: Uint8Array, limits: SitemapLimits): Promise<SitemapReading> => {
  const found = { pages: new Array<string>(), sitemaps: new Array<string>(), isCut: false };
  const isFull = (): boolean => found.pages.length + found.sitemaps.length >= limits.addressesMax;
  let reader: Reader | undefined;
  for await (const piece of piecesOf(body, limits.bytesMax ?? 50_000_000)) {
    if (piece === over) {
      found.isCut = true;
      break;
    }
    reader ??= piece.trimStart().startsWith('<') ? readXml(found, isFull) : readLines(found, isFull);
    reader.read(piece);
    if (isFull()) {
      found.isCut = true;
      break;
    }
    await nextTurn();
  }
  if (reader?.end() !== true) throw broken('It is no sitemap.');
  return found;
};

interface Reader {
  readonly read: (piece: string) => void;
  /** Whether it was a sitemap. */
  readonly end: () => boolean;
}

interface Found {
  readonly pages: string[];
  readonly sitemaps: string[];
}

const broken = (detail: string, cause?: unknown): Failure => new Failure('document_broken', { detail, cause });

const pieceBytes = 65_536;

const over: unique symbol = Symbol('over');

/** The text bit by bit; `over` when there is more of it than wanted. */
async function* piecesOf(body: Uint8Array, bytesMax: number): AsyncGenerator<string | typeof over> {
  const isGzip = body[0] === 0x1f && body[1] === 0x8b;
  const slices = Readable.from(slicesOf(body));
  const bytes: AsyncIterable<Uint8Array> = isGzip ? slices.pipe(createGunzip({ chunkSize: pieceBytes })) : slices;
  const decoder = new TextDecoder();
  let read = 0;
  try {
    for await (const chunk of bytes) {
      read += chunk.byteLength;
      if (read > bytesMax) {
        yield over;
        return;
      }
      const text = decoder.decode(chunk, { stream: true });
      if (text !== '') yield text;
    }
  } catch (thrown) {
    throw thrown instanceof Failure ? thrown : broken('Its compression is broken.', thrown);
  } finally {
    slices.destroy();
  }
}

function* slicesOf(body: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < body.byteLength; at += pieceBytes) yield body.subarray(at, at + pieceBytes);
}

const addressCharsMax = 2048;
// A sitemap has three levels; what is deeper is none.
const depthMax = 20;

const readXml = (found: Found, isFull: () => boolean): Reader => {
  const path: string[] = [];
  let isSitemap = false;
  let address: string | undefined;
  const parser = new Parser(
    {
      onopentag: (name) => {
        if (path.length >= depthMax) throw broken('It is nested too deeply for a sitemap.');
        if (path.length === 0) isSitemap ||= /^(?:\w+:)?(?:urlset|sitemapindex)$/.test(name);
        path.push(name);
        if (listOf(found, path) !== undefined) address = '';
      },
      ontext: (text) => {
        if (address !== undefined && address.length <= addressCharsMax) address += text;
      },
      onclosetag: () => {
        if (address !== undefined && !isFull()) addAddress(listOf(found, path), address);
        address = undefined;
        path.pop();
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  return {
    read: (piece) => parser.write(piece),
    end: () => {
      parser.end();
      return isSitemap;
    },
  };
};

/** Where an address belongs whose element is open: `loc` in `url` or `sitemap`, of the same prefix; not that of an image. */
const listOf = ({ pages, sitemaps }: Found, path: readonly string[]): string[] | undefined => {
  const [, prefix, name] = /^(\w+:)?(\w+)$/.exec(path.at(-1) ?? '') ?? [];
  if (name !== 'loc') return undefined;
  const parent = path.at(-2);
  if (parent === `${prefix ?? ''}url`) return pages;
  return parent === `${prefix ?? ''}sitemap` ? sitemaps : undefined;
};

const addAddress = (list: string[] | undefined, text: string): void => {
  const address = text.trim();
  if (address !== '' && address.length <= addressCharsMax) list?.push(address);
};

/** A text file: an address a line. */
const readLines = (found: Found, isFull: () => boolean): Reader => {
  let rest = '';
  const addLines = (lines: readonly string[]): void => {
    for (const line of lines) if (/^https?:\/\//.test(line.trim()) && !isFull()) addAddress(found.pages, line);
  };
  return {
    read: (piece) => {
      const lines = (rest + piece).split(/\r\n|\r|\n/);
      rest = (lines.pop() ?? '').slice(0, addressCharsMax + 1);
      addLines(lines);
    },
    end: () => {
      addLines([rest]);
      return found.pages.length > 0;
    },
  };
};
