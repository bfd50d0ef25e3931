import { describe, expect, it } from 'vitest';
import { createVisitorStorage } from './storage.ts';

const browserWith = (kept: Map<string, string>) => () => ({
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
});

const blocked = (): never => {
  throw new Error('SecurityError');
};

describe('what the browser keeps', () => {
  it('uses the inherited keys, and writes nothing until it is asked', () => {
    const kept = new Map<string, string>();
    const storage = createVisitorStorage(browserWith(kept), () => 'id');
    expect(storage.sessionId()).toBeUndefined();
    expect(kept.size).toBe(0);
    storage.keepSession('s1');
    expect(storage.userId()).toBe('user_id');
    expect(Object.fromEntries(kept)).toEqual({ customerSupportSessionId: 's1', customerSupportUserId: 'user_id' });
    storage.dropSession();
    expect([...kept.keys()]).toEqual(['customerSupportUserId']);
  });

  it('keeps the visitor of the page before', () => {
    const kept = new Map([['customerSupportUserId', 'user_abc']]);
    expect(createVisitorStorage(browserWith(kept), () => 'other').userId()).toBe('user_abc');
  });

  it('lives as long as the page where storage is blocked', () => {
    let ids = 0;
    const storage = createVisitorStorage(blocked, () => (ids += 1).toString());
    expect(storage.userId()).toBe('user_1');
    expect(storage.userId()).toBe('user_1');
    storage.keepSession('s');
    expect(storage.sessionId()).toBe('s');
    storage.dropSession();
    expect(storage.sessionId()).toBeUndefined();
  });

  it('makes a new id where there is garbage', () => {
    const kept = new Map([['customerSupportUserId', 'x'.repeat(5000)]]);
    expect(createVisitorStorage(browserWith(kept), () => 'new').userId()).toBe('user_new');
  });
});
