import type { CheerioAPI } from 'cheerio';
import { flatText, textOfHtml } from './html-text.ts';
import { parseHtml, type HtmlElement } from './html-tree.ts';
import { countWords, normaliseLine } from './normalise-text.ts';
import type { Reading } from './reading.ts';

/** The words of a page's main part as Markdown-like text, without navigation, banners and what is hidden. */
export const readHtml = (source: string): Reading => readHtmlTree(parseHtml(source));

export const readHtmlTree = ($: CheerioAPI): Reading => ({ text: mainText($), title: titleOf($), pages: null });

// A `main` that holds less than this share of the page's words is a frame around content that lies elsewhere.
const mainShareMin = 0.3;

const mainText = ($: CheerioAPI): string => {
  const whole = textOfAll($('body').get().slice(0, 1));
  const candidates = $('main, [role="main"], article').get().slice(0, 200);
  const outermost = candidates.filter((part) => !candidates.some((other) => other !== part && holds(other, part)));
  const main = textOfAll(outermost);
  return countWords(main) >= countWords(whole) * mainShareMin ? main : whole;
};

const textOfAll = (parts: readonly HtmlElement[]): string => parts.map(textOfHtml).join('\n\n');

const ancestorsMax = 300;

const holds = (outer: HtmlElement, inner: HtmlElement): boolean => {
  let node = inner.parent;
  for (let steps = 0; node !== null && steps < ancestorsMax; steps += 1) {
    if (node === outer) return true;
    node = node.parent;
  }
  return false;
};

const titleOf = ($: CheerioAPI): string | null => {
  const title = normaliseLine($('head > title, title').first().text()).slice(0, 300);
  if (title !== '') return title;
  const heading = $('h1').get(0);
  return heading === undefined ? null : normaliseLine(flatText(heading)).slice(0, 300) || null;
};
