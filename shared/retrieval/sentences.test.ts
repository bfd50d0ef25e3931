import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sentencesOf } from './sentences.ts';

const trimmed = (text: string): string[] => sentencesOf(text).map((sentence) => sentence.trim());

it('abbreviations, initials and numbers do not end a sentence', () => {
  expect(trimmed('Ask Dr. Reed, e.g. by phone. It costs $4.50 per kg. J. Smith agrees.')).toEqual([
    'Ask Dr. Reed, e.g. by phone.',
    'It costs $4.50 per kg.',
    'J. Smith agrees.',
  ]);
});

it('list items, table rows and paragraphs end a sentence', () => {
  expect(trimmed('Intro\n\n- one\n- two\n| a | b |\n| c | d |')).toEqual([
    'Intro',
    '- one',
    '- two',
    '| a | b |',
    '| c | d |',
  ]);
});

it('a line that a paragraph wraps onto belongs to its sentence', () => {
  expect(trimmed('This goes\non here. And\nends.')).toEqual(['This goes\non here.', 'And\nends.']);
});

it('Chinese and Japanese marks end a sentence without a space', () => {
  expect(trimmed('你好。再见！')).toEqual(['你好。', '再见！']);
});

it('sentences joined give the text again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => sentencesOf(text).join('') === text),
  );
  fc.assert(
    fc.property(fc.array(fc.constantFrom('A b. ', 'C?\n', '- d\n', 'e:\n', '\n', '| f |\n', '。')), (parts) => {
      return sentencesOf(parts.join('')).join('') === parts.join('');
    }),
  );
});
