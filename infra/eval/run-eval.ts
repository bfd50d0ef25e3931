import { parseArgs } from 'node:util';
import { EvalError } from './eval-error.ts';
import { measureAnswerable, type AnswerableFigures } from './measure-answerable.ts';
import { measureRetrieval, type RetrievalFigures } from './measure-retrieval.ts';
import { readDocuments, readQuestions, readStrangers } from './read-data.ts';

const usage = `Usage:
  npm run eval:retrieval -- --data DIR
  npm run eval:answerable -- --data DIR --oos FILE

DIR holds docs.jsonl with lines {id, title, text} and queries.jsonl with lines {id, text, relevant, answers?}.
FILE is JSON with questions that these documents do not answer: ["…"] or {"oos": ["…"]}.`;

/** Measures our own retrieval and answers on questions whose answers are known. Throws EvalError. */
export const runEval = async (parameters: readonly string[]): Promise<RetrievalFigures | AnswerableFigures> => {
  const { kind, data, oos } = readParameters(parameters);
  const documents = await readDocuments(data);
  const questions = await readQuestions(data);
  if (kind === 'retrieval') return measureRetrieval(documents, questions);
  return measureAnswerable(documents, questions, await readStrangers(oos));
};

type Parameters =
  | { readonly kind: 'retrieval'; readonly data: string; readonly oos?: undefined }
  | { readonly kind: 'answerable'; readonly data: string; readonly oos: string };

const readParameters = (parameters: readonly string[]): Parameters => {
  const [kind, ...rest] = parameters;
  const { data, oos } = optionsIn(rest);
  if (data === undefined) throw new EvalError(`--data is missing.\n\n${usage}`);
  if (kind === 'retrieval' && oos === undefined) return { kind, data };
  if (kind === 'retrieval') throw new EvalError(`eval:retrieval knows no --oos.\n\n${usage}`);
  if (kind !== 'answerable') throw new EvalError(usage);
  if (oos === undefined) throw new EvalError(`--oos is missing.\n\n${usage}`);
  return { kind, data, oos };
};

const optionsIn = (
  rest: readonly string[],
): { readonly data?: string | undefined; readonly oos?: string | undefined } => {
  try {
    return parseArgs({ args: [...rest], options: { data: { type: 'string' }, oos: { type: 'string' } } }).values;
  } catch (error) {
    throw new EvalError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
};
