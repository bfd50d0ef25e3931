import { safeAddress } from '../markdown/safe-address.ts';
import type { Citation } from '../messages.ts';
import { texts } from '../texts.ts';
import { button, element, icon } from './elements.ts';

/** The list of sources under an answer: a chip for each, and the card of the one that is open. */
export interface SourcesView {
  readonly node: HTMLElement;
  readonly update: (citations: readonly Citation[]) => void;
  readonly open: (index: number) => void;
  /** What the mark `[n]` in a text is called. */
  readonly nameOf: (index: number) => string | undefined;
}

export const createSources = (key: string): SourcesView => {
  const chips = element('ul', { class: 'chips' });
  const place = element('div', {});
  const node = element(
    'div',
    { class: 'sources', hidden: '' },
    element('p', { class: 'label' }, texts.sources),
    chips,
    place,
  );
  let known: readonly Citation[] = [];
  let shown: number | undefined;
  const cardId = `source-${key}`;

  const paint = (): void => {
    node.hidden = known.length === 0;
    chips.replaceChildren(...known.map((citation) => element('li', {}, chip(citation))));
    const citation = known.find(({ index }) => index === shown);
    place.replaceChildren(...(citation === undefined ? [] : [card(citation, cardId)]));
  };
  const toggle = (index: number): void => {
    shown = shown === index ? undefined : index;
    paint();
    chips.querySelector<HTMLElement>(`[data-index="${index.toString()}"]`)?.focus();
    place.firstElementChild?.scrollIntoView({ block: 'nearest' });
  };
  const chip = ({ index, document }: Citation): HTMLElement =>
    button(
      {
        class: 'chip',
        'data-index': index.toString(),
        'aria-expanded': String(shown === index),
        'aria-controls': cardId,
      },
      () => toggle(index),
      element('span', { class: 'unseen' }, `${texts.sourceWord} `),
      element('span', { class: 'number' }, index.toString()),
      ' ',
      element('span', { class: 'name', dir: 'auto' }, document),
    );

  return {
    node,
    update: (citations) => {
      known = withoutDoubles(citations);
      paint();
    },
    open: (index) => {
      if (!known.some((citation) => citation.index === index)) return;
      shown = undefined;
      toggle(index);
    },
    nameOf: (index) => known.find((citation) => citation.index === index)?.document,
  };
};

const withoutDoubles = (citations: readonly Citation[]): readonly Citation[] =>
  [...new Map(citations.map((citation) => [citation.index, citation])).values()].sort((a, b) => a.index - b.index);

const card = ({ document, heading, page, quote, url }: Citation, id: string): HTMLElement => {
  const where = [headingWithin(document, heading), page === undefined ? undefined : texts.page(page)].filter(
    (part) => part !== undefined,
  );
  const href = url === undefined ? undefined : safeAddress(url);
  const made = element('div', { class: 'card', id });
  made.append(element('p', { class: 'document', dir: 'auto' }, icon('document'), element('span', {}, document)));
  if (where.length > 0) made.append(element('p', { class: 'where', dir: 'auto' }, where.join(' · ')));
  if (quote !== '') made.append(element('blockquote', { dir: 'auto' }, quote));
  if (href !== undefined) {
    const attributes = { href, target: '_blank', rel: 'noopener noreferrer nofollow ugc' };
    made.append(element('a', attributes, texts.openSource, icon('link')));
  }
  return made;
};

/** A heading's path without its first step where that only repeats the document's name. */
const headingWithin = (document: string, path: string | undefined): string | undefined => {
  const steps = path?.split(' > ') ?? [];
  const rest = steps[0] === document ? steps.slice(1) : steps;
  return rest.length === 0 ? undefined : rest.join(' › ');
};
