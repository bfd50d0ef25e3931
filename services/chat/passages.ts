import { z } from 'zod';

/** A piece of a document that the agent was given. */
export interface Passage {
  readonly chunkId: number;
  /** The name under which the cloud holds the document, or the address of a page. */
  readonly storedName: string;
  readonly heading: string | null;
  readonly page: number | null;
  readonly url: string | null;
  readonly text: string;
}

const optionalText = z.string().nullish().catch(null);
const metadataSchema = z
  .object({
    item_name: optionalText,
    section_title: optionalText,
    page_number: z.coerce.number().int().positive().nullish().catch(null),
  })
  .nullish()
  .catch(null);
const passageSchema = z.object({
  chunk_id: z.coerce.number().int(),
  filename: optionalText,
  page_content: optionalText,
  metadata: metadataSchema,
});

const listSchema = z.array(z.unknown()).max(1_000);
const citationsSchema = z.object({ citations: listSchema });
const retrievalSchema = z.object({ retrieved_data: listSchema });

const nameCharsMax = 300;
const addressCharsMax = 2_000;
const textCharsMax = 20_000;

/** The passages of a `citations` member; undefined when it holds none. Members vary, so what does not fit is left out. */
export const readCitations = (value: unknown): readonly Passage[] | undefined => {
  const parsed = citationsSchema.safeParse(value);
  return parsed.success ? parsed.data.citations.flatMap(readPassage) : undefined;
};

/** The same for a `retrieval` member. */
export const readRetrieval = (value: unknown): readonly Passage[] | undefined => {
  const parsed = retrievalSchema.safeParse(value);
  return parsed.success ? parsed.data.retrieved_data.flatMap(readPassage) : undefined;
};

const readPassage = (value: unknown): Passage[] => {
  const parsed = passageSchema.safeParse(value);
  if (!parsed.success) return [];
  const { chunk_id, filename, page_content, metadata } = parsed.data;
  const storedName = cleanStart(metadata?.item_name ?? filename ?? '', nameCharsMax);
  const address = [filename, metadata?.item_name].find((name) => name != null && /^https?:\/\//.test(name));
  const heading = cleanStart(metadata?.section_title ?? '', nameCharsMax);
  return [
    {
      chunkId: chunk_id,
      storedName,
      heading: heading === '' ? null : heading,
      page: metadata?.page_number ?? null,
      // The beginning of an address leads elsewhere.
      url: address == null || address.length > addressCharsMax ? null : clean(address),
      text: cleanStart(page_content ?? '', textCharsMax),
    },
  ];
};

// A cut can part a surrogate pair, so it comes before the cleaning.
const cleanStart = (text: string, charsMax: number): string => clean(text.slice(0, charsMax));

/** What Postgres cannot hold is taken out: NUL, and halves of surrogate pairs. */
export const clean = (text: string): string => text.toWellFormed().replaceAll('\u0000', '').trim();
