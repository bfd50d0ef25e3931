import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanFilename } from './filename.ts';

describe('the name of an uploaded file', () => {
  it.each([
    ['guide.pdf', 'guide.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\guide.pdf', 'guide.pdf'],
    ['a\u0000b.txt', 'ab.txt'],
    ['in\r\nvoice.txt', 'invoice.txt'],
    ['exe\u202efdp.pdf', 'exefdp.pdf'],
    ['zero\u200bwidth.md', 'zerowidth.md'],
    ['cafe\u0301.txt', 'café.txt'],
    ['  spaces.txt ', 'spaces.txt'],
    ['<img src=x onerror=alert(1)>.txt', '<img src=x onerror=alert(1)>.txt'],
  ])('%j becomes %j', (given, expected) => expect(cleanFilename(given)).toBe(expected));

  it.each(['', '/', '..', '.', 'dir/', '\u0000', '\u202e'])('%j is no name', (given) => {
    expect(cleanFilename(given)).toBeUndefined();
  });

  it('keeps the extension of a long name', () => {
    const name = cleanFilename(`${'ü'.repeat(300)}.pdf`) ?? '';
    expect(name).toMatch(/ü\.pdf$/);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
  });

  it('is always short, well-formed and without a path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (given) => {
        const name = cleanFilename(given) ?? 'x';
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
        expect(name.isWellFormed()).toBe(true);
        expect(name).not.toMatch(/[/\\\p{Cc}]/u);
      }),
    );
  });
});
