import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { EvalError } from './eval-error.ts';

const identifier = z.coerce.string().min(1);
const documentLine = z.object({ id: identifier, title: z.string().nullish(), text: z.string() });
const questionLine = z.object({
  id: identifier,
  text: z.string().min(1),
  relevant: z.array(identifier),
  answers: z.array(z.string()).optional(),
});
const strangersFile = z.union([
  z.array(z.string()),
  z.object({ oos: z.array(z.string()) }).transform(({ oos }) => oos),
]);

/** A document whose answers are known. */
export type EvalDocument = z.output<typeof documentLine>;
/** A question, the documents that answer it and, if given, words of which one must be in the answer. */
export type EvalQuestion = z.output<typeof questionLine>;

/** Reads `docs.jsonl`; throws EvalError with the place of what is wrong. */
export const readDocuments = async (folder: string): Promise<readonly EvalDocument[]> => {
  const path = join(folder, 'docs.jsonl');
  const documents = await readLines(path, documentLine);
  if (new Set(documents.map(({ id }) => id)).size < documents.length)
    throw new EvalError(`${path}: an id stands twice`);
  return documents;
};

/** Reads `queries.jsonl`; throws EvalError with the place of what is wrong. */
export const readQuestions = (folder: string): Promise<readonly EvalQuestion[]> =>
  readLines(join(folder, 'queries.jsonl'), questionLine);

/** Reads questions that no document answers; throws EvalError. */
export const readStrangers = async (path: string): Promise<readonly string[]> => {
  const questions = parse(path, await readText(path), strangersFile);
  if (questions.length === 0) throw new EvalError(`${path} holds no question`);
  return questions;
};

const readLines = async <Line>(path: string, schema: z.ZodType<Line>): Promise<readonly Line[]> => {
  const lines = (await readText(path))
    .split('\n')
    .flatMap((line, at) => (line.trim() === '' ? [] : [parse(`${path}, line ${at + 1}`, line, schema)]));
  if (lines.length === 0) throw new EvalError(`${path} is empty`);
  return lines;
};

const readText = async (path: string): Promise<string> => {
  // npm runs in the project's folder; the path was meant from where it was typed.
  const whole = resolve(process.env['INIT_CWD'] ?? '.', path);
  try {
    return await readFile(whole, 'utf8');
  } catch (error) {
    throw new EvalError(`${whole} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const parse = <Value>(place: string, text: string, schema: z.ZodType<Value>): Value => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new EvalError(`${place}: this is not JSON`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new EvalError(`${place}:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
};
