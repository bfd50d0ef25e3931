import { describe, expect, it } from 'vitest';
import type { ChatMessage } from './chat-contract.ts';
import { asksForOwnWords, recall } from './remembered.ts';

const memory = (lines: readonly string[]): ChatMessage => ({
  role: 'system',
  content: [
    'You are the assistant. Answer from what they said in this conversation.',
    '',
    'What earlier conversations with this visitor say:',
    ...lines.map((line) => `- ${line}`),
    '',
    'The page the visitor is looking at:',
    '- My shoe size is on the label.',
  ].join('\n'),
});

const asked = (question: string, ...lines: readonly string[]) =>
  recall([memory(lines), { role: 'user', content: question }], question);

describe('recall', () => {
  it.each([
    ['What is my order number?', 'A-1042'],
    ["What's my name?", 'Ada'],
    ['Where do I live?', 'Oslo'],
    ['Do you remember which colour I like?', 'green'],
    ['Can you tell me my order number again', 'A-1042'],
  ])('"%s" finds %s', (question, words) => {
    const found = asked(
      question,
      'My order number is A-1042.',
      "I'm Ada.",
      'I live in Oslo.',
      'The colour I like is green.',
    );
    expect(found?.line).toContain(words);
    expect(found?.share).toBeGreaterThanOrEqual(0.6);
  });

  it('reads the block of memories and nothing after it', () => {
    expect(asked('What is my shoe size?', 'I live in Oslo.')?.share ?? 0).toBeLessThan(0.6);
  });

  it('does not take a question for an answer', () => {
    expect(asked('What is my order number?', 'What is my order number?')).toBeUndefined();
  });

  it('drops dates and speakers, and leaves out what the assistant said', () => {
    const found = asked(
      'What is my order number?',
      'assistant: Your order number is B-1.',
      '2026-01-02: user: My order number is A-1042.',
    );
    expect(found?.line).toBe('My order number is A-1042.');
  });
});

it.each([
  ['What is my order number?', true],
  ['Do you remember my name?', true],
  ['Where is my order?', false],
  ['How do I return my shoes?', false],
  ['What is the warranty?', false],
])('"%s" asks for the visitor\'s own words: %s', (question, expected) => {
  expect(asksForOwnWords(question)).toBe(expected);
});
