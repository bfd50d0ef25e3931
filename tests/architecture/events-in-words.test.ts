import { expect, it } from 'vitest';
import { events } from '../../shared/contracts/catalogue.ts';
import { describeEvent } from '../../web/demo/describe-event.ts';

it('the demo page has a sentence for every event of the house', () => {
  const unknown = events
    .map(({ name }) => name)
    .filter((name) => describeEvent({ id: '1', name, occurredAt: '', data: {} }).text === `${name} happened.`);
  expect(unknown).toEqual([]);
});
