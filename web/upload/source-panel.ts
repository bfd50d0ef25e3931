import { byId, make } from '../pages/dom.ts';
import { askTwice } from './ask-twice.ts';
import type { Connection } from './connection.ts';
import type { Accepted, Credentials, Reply } from './knowledge-api.ts';
import { readSources, removeSource, runSource, tellSource, type Changes, type Source } from './sources-api.ts';
import { countOf, moodOfSource } from './words.ts';

interface SourcePanelOptions {
  readonly credentials: Connection['credentials'];
  /** Shows a run as work that can be watched. */
  readonly onRun: (name: string, begin: (credentials: Credentials) => Promise<Reply<Accepted>>) => void;
}

/** The websites that are kept up to date; gives what reads them again. Hidden while there are none. */
export const startSourcePanel = ({ credentials, onRun }: SourcePanelOptions): (() => Promise<void>) => {
  const panel = byId('kept', HTMLElement);
  const list = byId('sources', HTMLElement);
  const note = byId('kept-note', HTMLElement);
  const shown = new Map<string, { readonly node: HTMLElement; readonly fingerprint: string }>();

  const refresh = async (): Promise<void> => {
    const reply = await readSources(credentials());
    if (!reply.ok) return;
    panel.hidden = reply.value.length === 0;
    list.replaceChildren(...reply.value.map(rowOf));
  };
  const rowOf = (source: Source): HTMLElement => {
    const fingerprint = JSON.stringify(source);
    const known = shown.get(source.id);
    if (known?.fingerprint === fingerprint) return known.node;
    const node = createRow(source, { tell, run: () => onRun(source.url, (now) => runSource(source.id, now)) });
    shown.set(source.id, { node, fingerprint });
    return node;
  };
  const tell = (asked: Promise<Reply<unknown>>): void => {
    void asked.then((reply) => {
      note.textContent = reply.ok ? '' : reply.reason;
      return refresh();
    });
  };
  const createRow = (
    source: Source,
    actions: { readonly tell: typeof tell; readonly run: () => void },
  ): HTMLElement => {
    const { word, mood } = moodOfSource(source);
    const say = (wanted: Parameters<typeof tellSource>[1]) => (): void =>
      actions.tell(tellSource(source.id, wanted, credentials()));
    const buttons =
      source.state === 'needs_confirmation'
        ? [button('Let them go', say('confirm')), button('Keep them', say('refuse'))]
        : [
            button('Run now', actions.run),
            source.state === 'paused' ? button('Resume', say('resume')) : button('Pause', say('pause')),
          ];
    const remove = make('button', { class: 'quiet', type: 'button' }, 'Remove');
    askTwice(remove, () => actions.tell(removeSource(source.id, credentials())));
    return make(
      'li',
      { class: 'kept-row' },
      make('div', { class: 'job-head' }, make('strong', { title: source.url }, source.url), chip(word, mood)),
      make('p', { class: 'soft small' }, linesOf(source).join(' · ')),
      make('div', { class: 'row-actions', role: 'group', 'aria-label': source.url }, ...buttons, remove),
    );
  };
  return refresh;
};

const chip = (word: string, mood: string): HTMLElement => make('span', { class: `chip ${mood}` }, word);

const button = (word: string, act: () => void): HTMLElement => {
  const made = make('button', { class: 'quiet', type: 'button' }, word);
  made.addEventListener('click', act);
  return made;
};

const linesOf = (source: Source): readonly string[] =>
  [
    countOf(source.pages, 'page'),
    source.state === 'active' && source.nextRunAt !== '' ? `next look ${momentOf(source.nextRunAt)}` : '',
    ...(source.changes === undefined ? [] : changesIn(source.changes)),
    source.error,
  ].filter((line) => line !== '');

const changesIn = ({ added, changed, pruned, vanished, failed }: Changes): readonly string[] => {
  const told = [
    [added, 'new'],
    [changed, 'changed'],
    [pruned, 'gone'],
    [vanished, 'vanished, waiting for your word'],
    [failed, 'failed'],
  ] as const;
  const said = told.flatMap(([count, word]) => (count === 0 ? [] : [`${count.toString()} ${word}`]));
  return said.length === 0 ? ['nothing changed'] : said;
};

const momentOf = (iso: string): string =>
  new Date(iso).toLocaleString(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit' });
