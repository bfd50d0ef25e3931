import { Failure } from '../../../../shared/errors/failure.ts';
import { readHtml } from '../read-html.ts';
import type { Reading } from '../reading.ts';
import { checkArchive } from './check-archive.ts';

/** A Word document as Markdown-like text: its headings, lists and tables, without its pictures. */
export const readDocx = async (bytes: Uint8Array): Promise<Reading> => {
  await checkArchive(bytes);
  const { convertToHtml, images } = (await import('mammoth')).default;
  try {
    const { value } = await convertToHtml(
      { buffer: Buffer.from(bytes) },
      {
        styleMap: ["p[style-name='Title'] => h1:fresh", "p[style-name='Subtitle'] => p:fresh"],
        // A document brings no rules of its own.
        includeEmbeddedStyleMap: false,
        convertImage: images.imgElement(async () => ({ src: '' })),
      },
    );
    const reading = readHtml(`<body>${value}</body>`);
    return { ...reading, title: firstHeading(reading.text) };
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    throw new Failure('document_broken', { detail: 'The Word document is damaged.', cause: thrown });
  }
};

const firstHeading = (text: string): string | null => /^#{1,6} (.+)$/m.exec(text)?.[1] ?? null;
