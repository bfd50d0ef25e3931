import { Failure } from '../../../shared/errors/failure.ts';

const depthMax = 32;
/** Names that reach a prototype when an object is merged or indexed by them. */
const refusedKeys = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Refuses parsed JSON that no schema should ever see: nested deeper than 32, keys that name prototypes, text with NUL or
 * half a surrogate pair. Walks with a list of its own, since hostile input is deep. Throws `invalid_request`.
 */
export const guardJson = (value: unknown): void => {
  const pending: { value: unknown; depth: number }[] = [{ value, depth: 1 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next.value === 'string') guardText(next.value);
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth > depthMax) throw refused(`The body is nested deeper than ${depthMax} levels`);
    const depth = next.depth + 1;
    if (Array.isArray(next.value)) {
      for (const item of next.value) pending.push({ value: item, depth });
      continue;
    }
    for (const [key, item] of Object.entries(next.value)) {
      if (refusedKeys.has(key)) throw refused(`The body must not have a member named ${key}`);
      guardText(key);
      pending.push({ value: item, depth });
    }
  }
};

const guardText = (text: string): void => {
  if (!text.isWellFormed() || text.includes('\u0000')) throw refused('Text must be well-formed Unicode without NUL');
};

const refused = (detail: string): Failure => new Failure('invalid_request', { detail });
