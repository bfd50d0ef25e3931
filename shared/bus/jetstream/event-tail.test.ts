import { expect, it } from 'vitest';
import { envelopeOf, happened } from '../conformance-world.ts';
import { createEventTail } from './event-tail.ts';

const anEvent = (seq: number) => ({ seq, envelope: envelopeOf(happened, seq) });
const places = (tail: ReturnType<typeof createEventTail>, behind: number) => tail.after(behind).map(({ seq }) => seq);

it('holds what came behind its beginning, and gives what is behind a place', () => {
  const tail = createEventTail();
  tail.begin(10);
  for (const seq of [11, 14, 20]) tail.take(anEvent(seq), 100);
  expect([tail.floor(), tail.head()]).toEqual([10, 20]);
  expect(places(tail, 11)).toEqual([14, 20]);
  expect(places(tail, 20)).toEqual([]);
});

it('has a bound in number, and tells from where on nothing is missing', () => {
  const tail = createEventTail();
  tail.begin(0);
  for (let seq = 1; seq <= 5_000; seq += 1) tail.take(anEvent(seq), 100);
  const held = places(tail, 0);
  expect(held.length).toBeLessThanOrEqual(1_101);
  expect(held.length).toBeGreaterThanOrEqual(1_000);
  expect(held[0]).toBe(tail.floor() + 1);
  expect(held.at(-1)).toBe(5_000);
});

it('has a bound in bytes, even for one event that is over it', () => {
  const tail = createEventTail();
  tail.begin(0);
  const mebibyte = 1_024 * 1_024;
  for (let seq = 1; seq <= 100; seq += 1) tail.take(anEvent(seq), mebibyte / 2);
  expect(places(tail, 0).length).toBeLessThanOrEqual(18);
  expect(places(tail, 0)[0]).toBe(tail.floor() + 1);
  tail.take(anEvent(101), 20 * mebibyte);
  expect([places(tail, 0), tail.floor(), tail.head()]).toEqual([[], 101, 101]);
});

it('forgets the events of a store that is gone, and wakes whoever waits', async () => {
  const tail = createEventTail();
  tail.begin(3);
  tail.take(anEvent(4), 100);
  const change = tail.change(new AbortController().signal);
  const before = tail.store();
  tail.begin(0);
  await change;
  expect(tail.store()).not.toBe(before);
  expect([places(tail, 0), tail.floor(), tail.head()]).toEqual([[], 0, 0]);
});
