import { accentOn, mix, parseColor, readableOn, toCss, type Rgb } from './color.ts';
import type { WidgetConfig } from './config.ts';

interface Surface {
  /** The panel's ground, and the bubble of an answer. */
  readonly ground: Rgb;
  readonly bubble: Rgb;
  readonly text: Rgb;
}

// The same values as in widget.css, which the computed colours must be readable on.
const light: Surface = { ground: [255, 255, 255], bubble: [244, 244, 241], text: [28, 29, 27] };
const dark: Surface = { ground: [27, 29, 28], bubble: [42, 45, 43], text: [236, 238, 235] };
const fallback: Rgb = [31, 111, 92];

/** Custom properties for both schemes out of any colours the owner names; all text stays at 4.5:1 or better. */
export const themeProperties = (config: WidgetConfig): Readonly<Record<string, string>> => ({
  ...propertiesFor('light', light, config),
  ...propertiesFor('dark', dark, config),
});

const propertiesFor = (scheme: string, surface: Surface, config: WidgetConfig): Record<string, string> => {
  const primary = parseColor(config.primaryColor) ?? fallback;
  const accent = accentOn(surface.ground, primary);
  // The owner's bubble colour is for the light scheme; by night it is kept only as a hue.
  const wanted = parseColor(config.secondaryColor);
  const bubble =
    wanted === undefined ? surface.bubble : scheme === 'light' ? wanted : mix(surface.bubble, wanted, 0.15);
  const ink = readableOn(parseColor(config.textColor) ?? surface.text, bubble);
  const wash = mix(surface.ground, accent.fill, scheme === 'light' ? 0.14 : 0.24);
  // Two inks: the owner's bubble may be as dark as the panel is light.
  const inkOnPanel = [surface.ground, wash].reduce((color, behind) => readableOn(color, behind), accent.ink);
  return {
    [`--${scheme}-fill`]: toCss(accent.fill),
    [`--${scheme}-on-fill`]: toCss(accent.onFill),
    [`--${scheme}-ink`]: toCss(inkOnPanel),
    [`--${scheme}-wash`]: toCss(wash),
    [`--${scheme}-bubble`]: toCss(bubble),
    [`--${scheme}-bubble-text`]: toCss(ink),
    [`--${scheme}-bubble-ink`]: toCss(readableOn(inkOnPanel, bubble)),
  };
};
