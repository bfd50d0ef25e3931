import { z } from 'zod';
import { Failure } from '../../../shared/errors/failure.ts';
import { jsonErrorPlace } from './json-error-place.ts';
import { createTextSink, extractLimits, tooComplex, type TextSink } from './limits.ts';
import type { Reading } from './reading.ts';

/**
 * JSON as lines `path: value` that a person could read. The objects of the outermost lists become records with an empty
 * line between them, so that a passage never mixes two; a record of `question` and `answer` becomes lines `Q:` and `A:`;
 * short lists of plain values stay on one line.
 * Throws `document_broken` with line and column, `document_too_complex` when nested too deeply or too long.
 */
export const readJson = (source: string): Reading => {
  const sink = createTextSink();
  writeValue(sink, parse(source), { path: '', depth: 0, isInRecord: false });
  return { text: sink.text(), title: null, pages: null };
};

const parse = (source: string): unknown => {
  try {
    return JSON.parse(source);
  } catch (thrown) {
    const place = jsonErrorPlace(source);
    throw new Failure('document_broken', {
      detail: `The file is not valid JSON: ${place.words} in line ${place.line}, column ${place.column}.`,
      cause: thrown,
    });
  }
};

interface Place {
  readonly path: string;
  readonly depth: number;
  readonly isInRecord: boolean;
}

const writeValue = (sink: TextSink, value: unknown, place: Place): void => {
  if (place.depth > extractLimits.depthMax) throw tooComplex('The JSON is nested too deeply.');
  if (Array.isArray(value)) writeList(sink, value, place);
  else if (typeof value === 'object' && value !== null) writeMembers(sink, value, place);
  else writeLine(sink, place.path, wordsOf(value));
};

const writeMembers = (sink: TextSink, record: object, place: Place): void => {
  if (writeQuestion(sink, record)) return;
  for (const [key, member] of Object.entries(record)) {
    const path = place.path === '' ? key : `${place.path}.${key}`;
    writeValue(sink, member, { ...place, path, depth: place.depth + 1 });
  }
};

const questionRecord = z.strictObject({ question: z.string(), answer: z.string() });

// The form in which our own index knows an FAQ, and answers it whole.
const writeQuestion = (sink: TextSink, record: object): boolean => {
  const faq = questionRecord.safeParse(record);
  if (!faq.success) return false;
  sink.add(`Q: ${faq.data.question}`);
  sink.add(`A: ${faq.data.answer}`);
  return true;
};

const writeList = (sink: TextSink, list: readonly unknown[], place: Place): void => {
  if (list.every(isPlain)) {
    writePlainList(sink, list, place.path);
    return;
  }
  list.forEach((item, at) => {
    const path = place.isInRecord ? `${place.path}[${at + 1}]` : place.path;
    if (!place.isInRecord) sink.add('');
    writeValue(sink, item, { path, depth: place.depth + 1, isInRecord: true });
  });
  if (!place.isInRecord) sink.add('');
};

const lineCharsMax = 300;

const writePlainList = (sink: TextSink, list: readonly unknown[], path: string): void => {
  const items = list.map(wordsOf).filter((words) => words !== '');
  const line = items.join(', ');
  const lines = line.length <= lineCharsMax ? [line] : items;
  for (const words of lines) writeLine(sink, path, words);
};

const writeLine = (sink: TextSink, path: string, words: string): void => {
  if (words !== '') sink.add(path === '' ? words : `${path}: ${words}`);
};

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null;

const wordsOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value);
