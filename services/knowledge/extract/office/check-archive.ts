import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { Failure } from '../../../../shared/errors/failure.ts';
import { tooComplex } from '../limits.ts';

const entriesMax = 1_000;
const inflatedBytesMax = 60_000_000;
// XML packs to a tenth, a sheet of equal rows to a fiftieth.
const ratioMax = 200;

/**
 * Unpacks an archive once, keeping nothing, so that what reads it afterwards meets no surprise: the sizes that an archive
 * claims may be lies. Throws `document_too_complex` for a bomb, `document_encrypted`, and `document_broken`.
 */
export const checkArchive = async (bytes: Uint8Array): Promise<void> => {
  const zip = await open(bytes);
  if (zip.entryCount > entriesMax) throw tooComplex(`The document is an archive of more than ${entriesMax} files.`);
  let inflated = 0;
  const most = Math.min(inflatedBytesMax, Math.max(1_000_000, bytes.byteLength * ratioMax));
  const count = (more: number): void => {
    inflated += more;
    if (inflated > most)
      throw tooComplex('The document is packed so tightly that it unpacks to far more than it seems.');
  };
  try {
    for (let entry = await next(zip); entry !== undefined; entry = await next(zip)) {
      if (entry.isEncrypted()) throw new Failure('document_encrypted');
      await drain(zip, entry, count);
    }
  } catch (thrown) {
    throw thrown instanceof Failure ? thrown : broken(thrown);
  } finally {
    zip.close();
  }
};

const broken = (cause: unknown): Failure =>
  new Failure('document_broken', { detail: 'The document is damaged and cannot be unpacked.', cause });

const open = (bytes: Uint8Array): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    fromBuffer(Buffer.from(bytes), { lazyEntries: true }, (error, zip) => {
      if (error === null) resolve(zip);
      else reject(broken(error));
    });
  });

const next = (zip: ZipFile): Promise<Entry | undefined> =>
  new Promise((resolve, reject) => {
    zip.removeAllListeners();
    zip.once('entry', resolve);
    zip.once('end', () => resolve(undefined));
    zip.once('error', reject);
    zip.readEntry();
  });

const drain = (zip: ZipFile, entry: Entry, count: (more: number) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error !== null) {
        reject(error);
        return;
      }
      stream.on('data', (chunk: Buffer) => {
        try {
          count(chunk.byteLength);
        } catch (thrown) {
          stream.destroy();
          reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
        }
      });
      stream.once('end', resolve);
      stream.once('error', reject);
    });
  });
