/** Red, green and blue, 0 to 255 each. */
export type Rgb = readonly [number, number, number];

/** What is painted in the owner's colour, corrected so that every text on it or in it can be read. */
export interface Accent {
  /** Behind white or dark text: launcher, send button, the visitor's bubble. */
  readonly fill: Rgb;
  readonly onFill: Rgb;
  /** As text and lines on a surface. */
  readonly ink: Rgb;
}

const white: Rgb = [255, 255, 255];
// Pure, because only then is one of the two at 4.58:1 or more on any colour at all.
const black: Rgb = [0, 0, 0];
const textContrastMin = 4.5;

/** Reads `#rgb`, `#rrggbb` (with or without alpha) and `rgb(…)`; undefined for anything else. */
export const parseColor = (color: string): Rgb | undefined => {
  const trimmed = color.trim();
  const hex = /^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.exec(trimmed)?.[1];
  if (hex !== undefined) {
    const long = hex.length < 6 ? Array.from(hex, (digit) => digit + digit).join('') : hex;
    return [at(long, 0), at(long, 2), at(long, 4)];
  }
  const parts = /^rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\b/i.exec(trimmed);
  if (parts === null) return undefined;
  return [channel(parts[1]), channel(parts[2]), channel(parts[3])];
};

export const toCss = ([red, green, blue]: Rgb): string =>
  `rgb(${red.toString()} ${green.toString()} ${blue.toString()})`;

/** WCAG 2 contrast ratio, 1 to 21. */
export const contrast = (one: Rgb, other: Rgb): number => {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
};

/** Moves `color` towards black or white, whichever stands out more from `surface`, until it can be read on it. */
export const readableOn = (color: Rgb, surface: Rgb, contrastMin = textContrastMin): Rgb => {
  const target = contrast(black, surface) > contrast(white, surface) ? black : white;
  for (let step = 0; step <= 20; step += 1) {
    const candidate = mix(color, target, step / 20);
    if (contrast(candidate, surface) >= contrastMin) return candidate;
  }
  return target;
};

/** The owner's colour on a panel: the fill stands out from it (3:1), and text on the fill and of its colour is readable. */
export const accentOn = (surface: Rgb, primary: Rgb): Accent => {
  const fill = readableOn(primary, surface, 3);
  const onFill = contrast(fill, white) >= textContrastMin ? white : black;
  return { fill, onFill, ink: readableOn(primary, surface) };
};

export const mix = (from: Rgb, to: Rgb, share: number): Rgb => [
  Math.round(from[0] + (to[0] - from[0]) * share),
  Math.round(from[1] + (to[1] - from[1]) * share),
  Math.round(from[2] + (to[2] - from[2]) * share),
];

const at = (hex: string, place: number): number => Number.parseInt(hex.slice(place, place + 2), 16);
const channel = (digits: string | undefined): number => Math.min(255, Number(digits ?? 0));

const luminance = ([red, green, blue]: Rgb): number =>
  0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
const linear = (value: number): number => {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};
