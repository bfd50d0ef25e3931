import { z } from 'zod';
import { Failure } from '../errors/failure.ts';

const ref = z.uuid();

/** A reference of ours; throws `not_found` for any other text, before it becomes a path or a subject. */
export const checkedRef = (text: string): string => {
  if (!ref.safeParse(text).success) throw new Failure('not_found');
  return text;
};
