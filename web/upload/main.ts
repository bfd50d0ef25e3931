import type { Json } from '../http/json.ts';
import { byId } from '../pages/dom.ts';
import '../widget/public-api.ts';
import { createConnection, type Connection } from './connection.ts';
import { createDocumentDialog, type DocumentDialogOptions } from './document-dialog.ts';
import { createDocumentList } from './document-list.ts';
import { createJobCard } from './job-card.ts';
import {
  cancelJob,
  readDocuments,
  reindexDocument,
  removeDocument,
  replacePath,
  retryJob,
  upload,
  type Accepted,
  type Credentials,
  type Reply,
} from './knowledge-api.ts';
import { startSnapshotPanel } from './snapshot-panel.ts';
import { startSourcePanel } from './source-panel.ts';
import { addSource } from './sources-api.ts';
import { startTabs } from './tabs.ts';

const refreshMs = 2500;
const filesMax = 20;

const start = async (): Promise<void> => {
  const documents = startDocuments(() => connection.credentials(), {
    onReplace: ({ id, name }, file) => add(name, replacePath(id), formWith(file)),
    onReindex: ({ id, name }) => follow(name, (credentials) => reindexDocument(id, credentials)),
  });
  const connection = createConnection(() => void documents.refresh());
  const follow = createFollower(connection, documents.refresh);
  const add: Add = (name, path, body) => follow(name, (credentials, onSent) => upload(path, body, credentials, onSent));
  startTabs(byId('main', HTMLElement));
  startFiles(add);
  startText(add);
  const refreshSources = startSourcePanel({ credentials: connection.credentials, onRun: follow });
  const refreshSnapshots = startSnapshotPanel({ credentials: connection.credentials, onRollBack: follow });
  startSite({ add, keep: (source) => addSource(source, connection.credentials()), refresh: refreshSources });
  startTrying(connection);
  await connection.prefill();
  const refreshAll = (): void => {
    if (!document.hidden) void Promise.all([documents.refresh(), refreshSources(), refreshSnapshots()]);
  };
  refreshAll();
  setInterval(refreshAll, refreshMs);
};

type Refresh = () => Promise<void>;
type Add = (name: string, path: string, body: FormData | Json) => void;
/** Shows a card for work from its start to its end. */
type Follow = (
  name: string,
  begin: (credentials: Credentials, onSent: (share: number) => void) => Promise<Reply<Accepted>>,
) => void;

const startDocuments = (
  credentials: Connection['credentials'],
  actions: Pick<DocumentDialogOptions, 'onReplace' | 'onReindex'>,
): { readonly refresh: Refresh } => {
  const show = createDocumentList({
    list: byId('documents', HTMLElement),
    empty: byId('no-documents', HTMLElement),
    count: byId('known-count', HTMLElement),
    onOpen: createDocumentDialog({ ...actions, credentials }),
    onRemove: (id) => void removeDocument(id, credentials()).then(refresh),
  });
  const refresh = async (): Promise<void> => {
    const now = credentials();
    if (now.domainId === '' && now.apiKey === '') return;
    const reply = await readDocuments(now);
    if (reply.ok) show(reply.value);
    else byId('known-count', HTMLElement).textContent = reply.reason;
  };
  return { refresh };
};

const createFollower = ({ credentials }: Connection, refresh: Refresh): Follow => {
  const follow: Follow = (name, begin) => {
    const now = credentials();
    const card = createJobCard(name, {
      onCancel: (jobId) => cancelJob(jobId, now),
      onRetry: (jobId) => follow(name, () => retryJob(jobId, now)),
    });
    byId('jobs', HTMLElement).prepend(card.node);
    void begin(now, card.showSent)
      .then(async (reply) => {
        if (!reply.ok) card.showFailure(reply.reason);
        else await Promise.all([refresh(), card.follow(reply.value.jobId, now)]);
      })
      .then(refresh);
  };
  return follow;
};

const startFiles = (add: Add): void => {
  const drop = byId('drop', HTMLElement);
  const input = byId('file', HTMLInputElement);
  const addAll = (files: Iterable<File>): void => {
    for (const file of [...files].slice(0, filesMax)) add(file.name, '/knowledge/upload/file', formWith(file));
  };
  input.addEventListener('change', () => {
    addAll(input.files ?? []);
    input.value = ''; // the same file may be chosen again
  });
  for (const type of ['dragover', 'dragleave', 'drop'] as const) {
    drop.addEventListener(type, (event) => {
      event.preventDefault();
      drop.classList.toggle('is-over', type === 'dragover');
      if (type === 'drop') addAll(event.dataTransfer?.files ?? []);
    });
  }
};

const startText = (add: Add): void => {
  const form = byId('text', HTMLFormElement);
  const name = byId('text-name', HTMLInputElement);
  const content = byId('text-content', HTMLTextAreaElement);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const fields = { document_name: name.value.trim(), text_content: content.value };
    add(fields.document_name, '/knowledge/upload/text', fields);
    form.reset();
  });
};

interface SiteActions {
  readonly add: Add;
  readonly keep: (source: Parameters<typeof addSource>[0]) => Promise<Reply<unknown>>;
  readonly refresh: Refresh;
}

/** A website, to be read once or kept up to date. */
const startSite = ({ add, keep, refresh }: SiteActions): void => {
  const url = byId('site-url', HTMLInputElement);
  const depth = byId('site-depth', HTMLInputElement);
  const links = byId('site-links', HTMLInputElement);
  const schedule = byId('site-schedule', HTMLSelectElement);
  byId('site', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    const address = url.value.trim();
    const [max_depth, max_links] = [depth.valueAsNumber, links.valueAsNumber];
    if (schedule.value === '') add(address, '/knowledge/upload/url', { url_to_scrape: address, max_depth, max_links });
    else void keep({ url: address, schedule: schedule.value, max_depth, max_pages: max_links }).then(told);
  });
  const told = (reply: Reply<unknown>): Promise<void> => {
    url.setCustomValidity(reply.ok ? '' : reply.reason);
    url.reportValidity();
    return refresh();
  };
  url.addEventListener('input', () => url.setCustomValidity(''));
};

/** Asks through the widget itself: the same thing a visitor would see. */
const startTrying = ({ credentials }: Connection): void => {
  const question = byId('question', HTMLInputElement);
  byId('try', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    const text = question.value.trim();
    question.value = '';
    void askWidget(credentials().domainId, text);
  });
};

const askWidget = async (domainId: string, question: string): Promise<void> => {
  window.CustomerSupportWidgetConfig = { domainId, widgetTitle: 'Try it' };
  const address = '/static/widget.js';
  await import(address);
  window.CustomerSupportWidget?.init();
  window.CustomerSupportWidget?.sendMessage(question);
};

const formWith = (file: File): FormData => {
  const form = new FormData();
  form.append('file', file);
  return form;
};

void start();
