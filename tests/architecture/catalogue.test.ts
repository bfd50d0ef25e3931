import { describe, expect, test } from 'vitest';
import { catalogue, events } from '../../shared/contracts/catalogue.ts';

describe('the catalogue', () => {
  test('no two messages share a subject', () => {
    const subjects = catalogue.map((contract) => contract.subject);
    expect(subjects).toEqual([...new Set(subjects)]);
  });

  test('every subject names its kind, owner and version', () => {
    const prefix = { query: 'rpc', stream: 'rpc', command: 'cmd', event: 'evt' } as const;
    const odd = catalogue.filter(
      ({ kind, owner, subject }) => !new RegExp(`^${prefix[kind]}\\.${owner}\\.[a-z]+(-[a-z]+)*\\.v\\d$`).test(subject),
    );
    expect(odd).toEqual([]);
  });

  test('events are named in the past', () => {
    const participles = /(ed|Running|Given|Forgotten)$/;
    expect(events.map((event) => event.name).filter((name) => !participles.test(name))).toEqual([]);
  });
});
