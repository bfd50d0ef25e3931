import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { EvalError } from '../eval-error.ts';

/** Something one of two people said, named as the questions name it. */
export interface SpokenTurn {
  readonly name: string;
  readonly session: number;
  readonly isFirstSpeaker: boolean;
  readonly text: string;
  readonly saidAt: Date;
}

export interface SpokenQuestion {
  readonly text: string;
  readonly category: string;
  /** Names of the turns that answer it. */
  readonly evidence: ReadonlySet<string>;
}

export interface Conversation {
  readonly turns: readonly SpokenTurn[];
  readonly questions: readonly SpokenQuestion[];
}

const turnSchema = z.object({
  speaker: z.string(),
  dia_id: z.string(),
  text: z.string().default(''),
  blip_caption: z.string().optional(),
  query: z.string().optional(),
});
const sampleSchema = z.object({
  qa: z.array(
    z.object({ question: z.coerce.string(), evidence: z.array(z.string()).default([]), category: z.coerce.string() }),
  ),
  conversation: z.looseObject({ speaker_a: z.string() }),
});
const fileSchema = z.union([z.array(sampleSchema), sampleSchema.transform((sample) => [sample])]);

/** Reads conversations in the form of LoCoMo (Maharana et al. 2024). Throws EvalError. */
export const readLocomo = async (path: string): Promise<readonly Conversation[]> => {
  const parsed = fileSchema.safeParse(await readJson(path));
  if (!parsed.success) throw new EvalError(`${path} has another form than LoCoMo: ${z.prettifyError(parsed.error)}`);
  return parsed.data.map(({ qa, conversation }) => {
    const turns = turnsOf(conversation);
    const names = new Set(turns.map(({ name }) => name));
    const questions = qa.map(({ question, evidence, category }) => ({
      text: question,
      category,
      evidence: new Set(evidence.flatMap(repaired).filter((name) => names.has(name))),
    }));
    return { turns, questions: questions.filter((question) => question.evidence.size > 0) };
  });
};

const readJson = async (path: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new EvalError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const turnsOf = (conversation: z.output<typeof sampleSchema>['conversation']): readonly SpokenTurn[] =>
  Object.entries(conversation).flatMap(([key, value]) => {
    const session = /^session_(\d+)$/.exec(key)?.[1];
    if (session === undefined) return [];
    const begunAt = momentOf(z.string().parse(conversation[`${key}_date_time`]));
    return z
      .array(turnSchema)
      .parse(value)
      .map((turn, at) => ({
        name: turn.dia_id,
        session: Number(session),
        isFirstSpeaker: turn.speaker === conversation.speaker_a,
        text: `${turn.speaker}: ${[turn.text, turn.blip_caption, turn.query].filter((part) => part !== undefined).join(' ')}`,
        saidAt: new Date(begunAt + at * 1_000),
      }));
  });

/** `1:56 pm on 8 May, 2023` in milliseconds since the epoch. */
const momentOf = (told: string): number => {
  const [time = '', date = ''] = told.split(' on ');
  const at = Date.parse(`${date.replace(',', '')} ${time} UTC`);
  if (Number.isNaN(at)) throw new EvalError(`'${told}' is no moment`);
  return at;
};

/** The file names some turns as `D8:6; D9:17`, `D:11:26` or `D30:05`. */
const repaired = (evidence: string): readonly string[] =>
  evidence
    .split(/[;\s]+/)
    .map((name) => name.replace(/^D:/, 'D').replace(/:0+(?=\d)/, ':'))
    .filter((name) => name !== '');
