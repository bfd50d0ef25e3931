import { z } from 'zod';
import { citation, degraded, type Citation } from '../../shared/contracts/chat.ts';
import type { NumberedText } from './citation-markers.ts';
import type { Passage } from './passages.ts';
import { bestQuote } from './quote.ts';

/** What our own records say of a document that the cloud knows by its stored name. */
export interface Source {
  readonly documentId: string;
  readonly name: string;
  readonly url: string | null;
}

/** All of an answer but its text, as it is stored beside it. */
export const evidenceSchema = z.object({
  citations: z.array(citation),
  sources: z.array(z.string()),
  grounded: z.boolean(),
  memories_used: z.number().int(),
  degraded,
});
export type Evidence = z.infer<typeof evidenceSchema>;

/** The passages that the numbers of the text stand for, as a visitor can look them up. */
export const citationsOf = (
  answer: NumberedText,
  passages: ReadonlyMap<number, Passage>,
  sources: ReadonlyMap<string, Source>,
): readonly Citation[] =>
  answer.chunkIds.flatMap((chunkId, at) => {
    const passage = passages.get(chunkId);
    if (passage === undefined) return [];
    const source = sources.get(passage.storedName);
    return [
      {
        index: at + 1,
        document_id: source?.documentId ?? null,
        document: source?.name ?? nameOf(passage),
        heading: passage.heading,
        page: passage.page,
        url: source?.url ?? passage.url,
        quote: bestQuote(passage.text, claimAt(answer.text, at + 1)),
      },
    ];
  });

// Our files go to the cloud under ids, which tell a visitor nothing; their first heading is the document's title or name.
const isOurName = (name: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.md$/.test(name);
const nameOf = ({ storedName, heading }: Passage): string =>
  isOurName(storedName) ? (heading?.split(' > ')[0] ?? 'Document') : storedName;

/** Distinct documents, by address where they have one, in the order they are cited. */
export const sourcesOf = (citations: readonly Citation[]): string[] => [
  ...new Set(citations.map(({ url, document }) => url ?? document)),
];

const claimCharsMax = 400;

// What stands between the number and the one before: agents put one number behind several sentences of one passage.
const claimAt = (text: string, index: number): string => {
  const before = text.slice(0, text.indexOf(`[${index}]`)).replace(/(\s*\[\d+\])+\s*$/, '');
  const claim = before.split(/\[\d+\]/).at(-1) ?? '';
  return claim.slice(-claimCharsMax);
};
