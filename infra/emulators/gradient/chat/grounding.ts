import { createHash } from 'node:crypto';
import { confidenceMinOf } from '../../../../shared/retrieval/calibration.ts';
import { searchIndexes, type Hit } from '../../../../shared/retrieval/search.ts';
import { vocabularyOf, type Vocabulary } from '../../../../shared/retrieval/vocabulary.ts';
import { isoMoment } from '../identifiers.ts';
import type { Platform } from '../platform.ts';

/** A chunk as the platform shows it in `retrieved_data` and `citations`. */
export interface RetrievedItem {
  readonly id: string;
  readonly index: string;
  readonly page_content: string;
  readonly score: number;
  readonly filename: string;
  readonly data_source_id: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly chunk_id: number;
}

/** What was found for a question. `hits` and `items` go together, best first. */
export interface Grounding {
  readonly hits: readonly Hit[];
  readonly items: readonly RetrievedItem[];
  readonly vocabulary: Vocabulary;
  /** From which confidence on these places answer. */
  readonly confidenceMin: () => number;
}

/** A knowledge base to look in, perhaps only at one file or folder of it. */
export interface Place {
  readonly base: string;
  readonly path?: string | undefined;
}

const scoreSentinel = -9_549_511_700;

/** Searches knowledge bases together, for at most `limit` chunks. */
export const retrieve = (platform: Platform, places: readonly Place[], question: string, limit: number): Grounding => {
  const indexes = places.map(({ base }) => platform.knowledge.indexOf(base));
  const hits = searchIndexes(indexes, question, limit).filter(({ chunk }) =>
    isWithin(places, baseOf(platform, chunk.documentId), nameOf(platform, chunk.documentId)),
  );
  return {
    hits,
    items: hits.map((hit, at) => itemOf(platform, hit, at)),
    vocabulary: vocabularyOf(indexes.map(({ parts }) => parts)),
    confidenceMin: () => confidenceMinOf(indexes),
  };
};

const isWithin = (places: readonly Place[], base: string, name: string): boolean =>
  places.some((place) => place.base === base && (place.path === undefined || name.startsWith(place.path)));

const itemOf = (platform: Platform, { chunk }: Hit, at: number): RetrievedItem => {
  const name = nameOf(platform, chunk.documentId);
  return {
    id: createHash('sha256').update(chunk.id).digest('base64url').slice(0, 20),
    index: baseOf(platform, chunk.documentId),
    page_content: chunk.text,
    // Falls with the rank, as a fused score does.
    score: platform.settings().score_sentinel ? scoreSentinel : Number((1 / (40 + at)).toFixed(5)),
    filename: name,
    data_source_id: chunk.documentId,
    metadata: {
      item_name: name,
      ingested_timestamp: isoMoment(platform.state.sources.get(chunk.documentId)?.updatedAt ?? 0),
      chunk_category: 'CompositeElement',
      ...(chunk.title === '' ? {} : { section_title: chunk.title }),
      ...(chunk.page === undefined ? {} : { page_number: chunk.page }),
    },
    chunk_id: at + 1,
  };
};

const nameOf = ({ state }: Platform, sourceUuid: string): string =>
  state.sources.get(sourceUuid)?.given.file_upload_data_source?.original_file_name ?? '';

const baseOf = ({ state }: Platform, sourceUuid: string): string =>
  state.sources.get(sourceUuid)?.knowledgeBaseUuid ?? '';
