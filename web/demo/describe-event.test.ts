import { describe, expect, it } from 'vitest';
import { describeEvent } from './describe-event.ts';

const anEvent = (name: string, data = {}) => ({ id: '1', name, occurredAt: '2026-01-31T09:30:00Z', data });

describe('events in words', () => {
  it('tells an honest "I do not know" from an answer', () => {
    const answered = describeEvent(anEvent('QuestionAnswered', { question: 'When?', grounded: true }));
    const away = { question: 'When?', grounded: true, degraded: ['search_only'] };
    const refused = describeEvent(anEvent('QuestionAnswered', { question: 'When?', grounded: false }));
    expect(answered.text).toContain('was answered from the documents');
    expect(refused.text).toContain('is not in the documents');
    expect(describeEvent(anEvent('QuestionAnswered', away)).text).toContain('the agent was away');
  });

  it('survives an event it does not know and data of the wrong shape', () => {
    expect(describeEvent(anEvent('Novelty')).text).toBe('Novelty happened.');
    expect(describeEvent(anEvent('DocumentIndexed', { name: 7 })).text).toContain('was read');
  });
});
