import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accentOn, contrast, parseColor, readableOn, type Rgb } from './color.ts';
import { readConfig } from './config.ts';
import { themeProperties } from './theme.ts';

const anyColor: fc.Arbitrary<Rgb> = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255));
const surfaces: readonly Rgb[] = [
  [255, 255, 255],
  [27, 29, 28],
];

describe('colours', () => {
  it('reads the ways a colour is written down', () => {
    expect(parseColor('#0a7')).toEqual([0, 170, 119]);
    expect(parseColor(' #00AA77 ')).toEqual([0, 170, 119]);
    expect(parseColor('rgb(0, 170, 119)')).toEqual([0, 170, 119]);
    expect(parseColor('red; background: url(x)')).toBeUndefined();
  });

  it('agrees with WCAG on black and white', () => {
    expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
  });

  it('keeps text at 4.5:1 and the launcher at 3:1 for any colour an owner may choose', () => {
    fc.assert(
      fc.property(anyColor, fc.constantFrom(...surfaces), (primary, surface) => {
        const { fill, onFill, ink } = accentOn(surface, primary);
        expect(contrast(onFill, fill)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(ink, surface)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(fill, surface)).toBeGreaterThanOrEqual(3);
      }),
    );
  });

  it('leaves a colour that can be read as it is', () => {
    expect(readableOn([31, 111, 92], [255, 255, 255])).toEqual([31, 111, 92]);
  });

  it('makes answers and links readable on any bubble, by day and by night', () => {
    const hex = anyColor.map((color) => `#${color.map((part) => part.toString(16).padStart(2, '0')).join('')}`);
    fc.assert(
      fc.property(hex, hex, hex, (primaryColor, secondaryColor, textColor) => {
        const theme = themeProperties(readConfig([{ primaryColor, secondaryColor, textColor }]));
        for (const scheme of ['light', 'dark']) {
          const color = (name: string): Rgb => read(theme[`--${scheme}-${name}`]);
          expect(contrast(color('bubble-text'), color('bubble'))).toBeGreaterThanOrEqual(4.5);
          expect(contrast(color('bubble-ink'), color('bubble'))).toBeGreaterThanOrEqual(4.5);
          expect(contrast(color('ink'), color('wash'))).toBeGreaterThanOrEqual(4.5);
        }
      }),
    );
  });
});

const read = (css = ''): Rgb => parseColor(css.replace('rgb(', 'rgb( '))!;
