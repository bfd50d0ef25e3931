import { expect, test } from 'vitest';
import { isOfAnotherInstallation } from './installation.ts';

const ours = 'parley-0123456789ab';

test.each([
  ['our own', [ours, 'parley'], false],
  ['one of another installation', ['parley', 'parley-ffffffffffff'], true],
  ['one from before installations had a tag', ['parley', 'website:abc'], false],
  ['one without tags', [], false],
])('%s is told apart by its tags', (_what, tags, another) => {
  expect(isOfAnotherInstallation(tags, ours)).toBe(another);
});
