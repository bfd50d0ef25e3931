import { expect, it } from 'vitest';
import { withTablesInWords } from './tables.ts';

it('each row is said with its column names', () => {
  const table = 'Fees:\n| Treatment | Price |\n|---|---:|\n| Filling | £90 |\n| Crown | |\nAsk us.';
  expect(withTablesInWords(table)).toBe('Fees:\n\nTreatment: Filling, Price: £90\n\nTreatment: Crown\nAsk us.');
});

it('a row without a header is said as it is, and other text stays', () => {
  expect(withTablesInWords('| a | b |')).toBe('\na, b');
  expect(withTablesInWords('a | b\nc')).toBe('a | b\nc');
});
