import { byId, make } from '../pages/dom.ts';
import { readText, type Credentials, type KnownDocument } from './knowledge-api.ts';
import { factsOf, stateOf } from './words.ts';

export interface DocumentDialogOptions {
  readonly credentials: () => Credentials;
  readonly onReplace: (document: KnownDocument, file: File) => void;
  readonly onReindex: (document: KnownDocument) => void;
}

/** Shows what the bot reads of a document, and takes what is to happen to it. */
export const createDocumentDialog = (options: DocumentDialogOptions): ((document: KnownDocument) => void) => {
  const dialog = byId('document', HTMLDialogElement);
  const text = byId('document-text', HTMLElement);
  const more = byId('document-more', HTMLButtonElement);
  const replacement = byId('document-file', HTMLInputElement);
  let shown: KnownDocument | undefined;
  let offset = 0;

  const readOn = async (): Promise<void> => {
    const document = shown;
    if (document === undefined) return;
    more.disabled = true;
    const reply = await readText(document.id, offset, options.credentials());
    // Another one was opened meanwhile.
    if (shown !== document) return;
    more.disabled = false;
    if (!reply.ok) {
      text.append(make('p', { class: 'reason' }, reply.reason));
      return;
    }
    text.append(reply.value.text);
    if (offset === 0 && reply.value.text.trim() === '') text.append('Nothing could be read of it yet.');
    more.hidden = reply.value.nextOffset === undefined;
    offset = reply.value.nextOffset ?? offset;
  };

  more.addEventListener('click', () => void readOn());
  byId('document-close', HTMLButtonElement).addEventListener('click', () => dialog.close());
  // A click beside the sheet lands on the dialog itself.
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => {
    shown = undefined;
  });
  byId('document-reindex', HTMLButtonElement).addEventListener('click', () => {
    if (shown !== undefined) options.onReindex(shown);
    dialog.close();
  });
  replacement.addEventListener('change', () => {
    const [file] = replacement.files ?? [];
    if (shown !== undefined && file !== undefined) options.onReplace(shown, file);
    replacement.value = '';
    dialog.close();
  });

  return (document) => {
    shown = document;
    offset = 0;
    byId('document-name', HTMLElement).textContent = document.name;
    byId('document-facts', HTMLElement).replaceChildren(...factsLine(document));
    text.replaceChildren();
    text.lang = document.language;
    text.scrollTop = 0;
    more.hidden = true;
    dialog.showModal();
    void readOn();
  };
};

const factsLine = (document: KnownDocument): readonly Node[] => {
  const { word, mood } = stateOf(document.state);
  const facts = [`Version ${document.version.toString()}`, factsOf(document), languageName(document.language)];
  const line: Node[] = [make('span', { class: `chip ${mood}` }, word)];
  line.push(make('span', {}, facts.filter((fact) => fact !== '').join(' · ')));
  if (document.liveVersion !== undefined && document.liveVersion !== document.version) {
    line.push(make('span', {}, `Answers rest on version ${document.liveVersion.toString()} until then.`));
  }
  if (document.sourceUrl !== '') line.push(make('span', { class: 'address' }, document.sourceUrl));
  if (document.error !== '') line.push(make('span', { class: 'reason' }, document.error));
  return line;
};

const languageName = (code: string): string => {
  if (code === '') return '';
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
};
