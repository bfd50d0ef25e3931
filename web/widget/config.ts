import { isObject, textOf, textsOf } from '../http/json.ts';
import { texts } from './texts.ts';

export const positions = ['bottom-right', 'bottom-left', 'top-right', 'top-left'] as const;
export type Position = (typeof positions)[number];

/** What the website's owner may set, under the names that `CustomerSupportWidget.init` takes. */
export interface WidgetConfig {
  readonly apiUrl: string;
  readonly domainId: string;
  /** Undefined: the end side of the page's own writing direction. */
  readonly position: Position | undefined;
  readonly primaryColor: string;
  /** Behind the answers; a soft grey unless set. */
  readonly secondaryColor: string;
  readonly textColor: string;
  readonly widgetTitle: string;
  readonly placeholder: string;
  readonly welcomeMessage: string;
  readonly suggestedQuestions: readonly string[];
  readonly theme: 'auto' | 'light' | 'dark';
}

/** Settings as they were written down, under any spelling: `data-domain-id`, `domain_id` and `domainId` are one. */
export type Settings = Readonly<Record<string, unknown>>;

const textCharsMax = 500;
const suggestionsMax = 6;

/**
 * One configuration out of several sources, the later winning. Values that cannot be used fall back to what there
 * was before; `autoScrape` is accepted and ignored, because the widget never reads the page.
 */
export const readConfig = (sources: readonly Settings[]): WidgetConfig => {
  const settings = new Map<string, unknown>();
  for (const source of sources) {
    for (const [name, value] of Object.entries(source)) {
      if (value !== undefined && value !== null && value !== '') settings.set(plainName(name), value);
    }
  }
  const text = (name: string, fallback = ''): string =>
    (textOf(settings.get(name.toLowerCase())).trim() || fallback).slice(0, textCharsMax);
  return {
    apiUrl: text('apiUrl').replace(/\/+$/, ''),
    domainId: text('domainId'),
    position: positions.find((position) => position === text('position')),
    primaryColor: text('primaryColor', '#1f6f5c'),
    secondaryColor: text('secondaryColor'),
    textColor: text('textColor'),
    widgetTitle: text('widgetTitle', texts.title),
    placeholder: text('placeholder', texts.placeholder),
    welcomeMessage: text('welcomeMessage', texts.welcome),
    suggestedQuestions: suggestionsOf(settings.get('suggestedquestions')),
    theme: (['light', 'dark'] as const).find((theme) => theme === text('theme')) ?? 'auto',
  };
};

/** The settings in a script's address: `widget.js?domain-id=…&primary-color=…`. */
export const settingsInAddress = (address: string): Settings => {
  try {
    return Object.fromEntries(new URL(address).searchParams);
  } catch {
    return {}; // an inline script has no address
  }
};

export const originOf = (address: string): string => {
  try {
    const { protocol, origin } = new URL(address);
    return protocol === 'http:' || protocol === 'https:' ? origin : '';
  } catch {
    return '';
  }
};

/** `window.CustomerSupportWidgetConfig` may be anything at all. */
export const settingsOf = (value: unknown): Settings => (isObject(value) ? value : {});

const plainName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^data-/, '')
    .replace(/[^a-z]/g, '');

const suggestionsOf = (value: unknown): readonly string[] =>
  (typeof value === 'string' ? value.split('|') : textsOf(value))
    .map((question) => question.trim().slice(0, 200))
    .filter((question) => question !== '')
    .slice(0, suggestionsMax);
