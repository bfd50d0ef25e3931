import { drawing, make } from '../pages/dom.ts';
import type { KnownDocument } from './knowledge-api.ts';
import { factsOf, stateOf } from './words.ts';

export interface DocumentListOptions {
  readonly list: HTMLElement;
  readonly empty: HTMLElement;
  readonly count: HTMLElement;
  readonly onOpen: (document: KnownDocument) => void;
  readonly onRemove: (id: string) => void;
}

const bin = 'M4 7h16M9.5 7V4h5v3M6 7l1 13h10l1-13M10 11v5M14 11v5';
const secondThoughtMs = 4000;

/** Shows the documents; rows that did not change stay as they are, so that a button keeps its focus. */
export const createDocumentList = ({
  list,
  empty,
  count,
  onOpen,
  onRemove,
}: DocumentListOptions): ((documents: readonly KnownDocument[]) => void) => {
  const rows = new Map<string, { node: HTMLElement; fingerprint: string }>();
  return (documents) => {
    empty.hidden = documents.length > 0;
    count.textContent = documents.length === 1 ? '1 document' : `${documents.length.toString()} documents`;
    const nodes = documents.map((document) => {
      const fingerprint = JSON.stringify(document);
      const known = rows.get(document.id);
      if (known?.fingerprint === fingerprint) return known.node;
      const node = createRow(document, { onOpen, onRemove });
      rows.set(document.id, { node, fingerprint });
      return node;
    });
    const isSame = nodes.length === list.children.length && nodes.every((node, place) => list.children[place] === node);
    if (!isSame) list.replaceChildren(...nodes);
  };
};

const createRow = (
  document: KnownDocument,
  { onOpen, onRemove }: Pick<DocumentListOptions, 'onOpen' | 'onRemove'>,
): HTMLElement => {
  const { word, mood } = stateOf(document.state);
  const open = make('button', { class: 'open', type: 'button', title: document.name, dir: 'auto' }, document.name);
  open.addEventListener('click', () => onOpen(document));
  const words = make('div', {}, open);
  words.append(make('small', {}, factsOf(document)));
  if (document.error !== '') words.append(make('small', { class: 'reason' }, document.error));
  return make(
    'li',
    {},
    make('span', { class: 'kind', 'aria-hidden': 'true' }, document.type.toUpperCase().slice(0, 4)),
    words,
    make('span', { class: `chip ${mood}` }, word),
    removeButton(document, onRemove),
  );
};

/** Asks once more on the button itself before it removes anything. */
const removeButton = ({ id, name }: KnownDocument, onRemove: (id: string) => void): HTMLElement => {
  const button = make('button', { class: 'remove', type: 'button', 'aria-label': `Remove ${name}` }, drawing(bin));
  const calmDown = (): void => {
    button.classList.remove('is-asking');
    button.setAttribute('aria-label', `Remove ${name}`);
    button.replaceChildren(drawing(bin));
  };
  button.addEventListener('click', () => {
    if (button.classList.contains('is-asking')) {
      onRemove(id);
      return;
    }
    button.classList.add('is-asking');
    button.setAttribute('aria-label', `Remove ${name} for good?`);
    button.replaceChildren('Sure?');
    setTimeout(calmDown, secondThoughtMs);
  });
  return button;
};
