import { expect, it } from 'vitest';
import { confidenceMinOf } from './calibration.ts';
import { createIndex, type Index } from './index.ts';

const indexOf = (...texts: readonly string[]): Index => {
  const index = createIndex();
  texts.forEach((text, at) => index.add({ id: at.toString(), documentId: at.toString(), title: '', text }));
  return index;
};
const lamps = indexOf('The Comet lamp runs eleven hours on one charge.');
const trivia = indexOf(
  'The tallest mountain in South America is Aconcagua. Italian and Portuguese are the languages they speak in Brazil.',
  'How far away is the sun? The sun is 150 million kilometres away. Why is the sky blue? Air scatters blue light.',
  'A human body has 206 bones. Dogs cannot eat grapes. You boil an egg for ten minutes to have it hard.',
  'How do I tie a bow tie, how do I juggle three balls, what are the rules of chess: all of it is in our book.',
);

it('a knowledge base that is close to what anybody may ask needs more to be believed', () => {
  expect(confidenceMinOf([trivia])).toBeGreaterThan(confidenceMinOf([lamps]) + 0.1);
});

it('several knowledge bases ask for as much as the most demanding one', () => {
  expect(confidenceMinOf([lamps, trivia])).toBe(confidenceMinOf([trivia]));
});

it('one that grew is measured again', () => {
  const index = indexOf('The Comet lamp runs eleven hours on one charge.');
  const before = confidenceMinOf([index]);
  for (let slot = 0; slot < 4; slot += 1) {
    const chunk = trivia.parts.chunkAt(slot);
    if (chunk !== undefined) index.add({ ...chunk, id: `more-${slot}` });
  }
  expect(confidenceMinOf([index])).toBeGreaterThan(before);
});
