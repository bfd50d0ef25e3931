import { byId, make } from '../pages/dom.ts';
import { askTwice } from './ask-twice.ts';
import type { Connection } from './connection.ts';
import type { Accepted, Credentials, Reply } from './knowledge-api.ts';
import {
  readDifference,
  readSnapshots,
  removeSnapshot,
  rollBack,
  takeSnapshot,
  type Snapshot,
} from './snapshots-api.ts';
import { countOf } from './words.ts';

interface SnapshotPanelOptions {
  readonly credentials: Connection['credentials'];
  /** Shows a rollback as work that can be watched. */
  readonly onRollBack: (name: string, begin: (credentials: Credentials) => Promise<Reply<Accepted>>) => void;
}

/** Names for what the agent knew, and the way back there; gives what reads them again. */
export const startSnapshotPanel = ({ credentials, onRollBack }: SnapshotPanelOptions): (() => Promise<void>) => {
  const list = byId('snapshots', HTMLElement);
  const note = byId('snapshot-note', HTMLElement);
  const name = byId('snapshot-name', HTMLInputElement);
  let fingerprint = '';

  const refresh = async (): Promise<void> => {
    const reply = await readSnapshots(credentials());
    if (!reply.ok || fingerprint === JSON.stringify(reply.value)) return;
    fingerprint = JSON.stringify(reply.value);
    list.replaceChildren(...reply.value.map(createRow));
  };
  const tell = async (asked: Promise<Reply<unknown>>): Promise<boolean> => {
    const reply = await asked;
    note.textContent = reply.ok ? '' : reply.reason;
    await refresh();
    return reply.ok;
  };
  const createRow = (snapshot: Snapshot): HTMLElement => {
    const back = make('button', { class: 'quiet', type: 'button' }, 'Go back');
    back.addEventListener('click', () => void offerWay(snapshot, back));
    const remove = make('button', { class: 'quiet', type: 'button' }, 'Remove');
    askTwice(remove, () => void tell(removeSnapshot(snapshot.id, credentials())));
    const when = new Date(snapshot.createdAt).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
    return make(
      'li',
      { class: 'kept-row' },
      make('strong', { dir: 'auto' }, snapshot.name),
      make('p', { class: 'soft small' }, `${countOf(snapshot.documents, 'document')} · ${when}`),
      make('div', { class: 'row-actions', role: 'group', 'aria-label': snapshot.name }, back, remove),
    );
  };
  /** Says what would change before anything does. */
  const offerWay = async (snapshot: Snapshot, back: HTMLButtonElement): Promise<void> => {
    const reply = await readDifference(snapshot.id, credentials());
    if (!reply.ok || reply.value === 0) {
      note.textContent = reply.ok ? `Nothing changed since ${snapshot.name}.` : reply.reason;
      return;
    }
    const sure = make('button', { class: 'quiet is-asking', type: 'button' });
    sure.textContent = `Change ${countOf(reply.value, 'document')}?`;
    sure.addEventListener('click', () => {
      sure.replaceWith(back);
      onRollBack(`Back to ${snapshot.name}`, (now) => rollBack(snapshot.id, now));
    });
    back.replaceWith(sure);
    sure.focus();
  };

  byId('take-snapshot', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    void tell(takeSnapshot(name.value.trim(), credentials())).then((isTaken) => {
      if (isTaken) name.value = '';
    });
  });
  return refresh;
};
