import { copyOnClick } from '../pages/copy.ts';
import { readDemoFacts, type DemoFacts } from '../pages/demo-facts.ts';
import { byId, make } from '../pages/dom.ts';
import { createServicesPicture } from './services.ts';
import { createTimeline } from './timeline.ts';
import { watchEvents } from './watch-events.ts';
import { loadWidget } from './load-widget.ts';
import type { PublicApi } from '../widget/public-api.ts';

const factsRetryMs = 2000;
const factsTriesMax = 60;
/** The page keeps a seat for the open panel from this width on. */
const hasSeat = '(min-width: 1181px) and (min-height: 620px)';

const start = async (): Promise<void> => {
  const picture = createServicesPicture(byId('services', HTMLElement));
  const facts = await findFacts();
  if (facts === undefined) return;
  byId('missing', HTMLElement).hidden = true;
  showFacts(facts);
  const widget = await loadWidget(facts);
  showQuestions(facts, widget);
  if (matchMedia(hasSeat).matches) widget.open();

  const show = createTimeline({
    list: byId('timeline', HTMLElement),
    quiet: byId('quiet', HTMLElement),
    light: picture.light,
  });
  const live = byId('live', HTMLElement);
  await watchEvents({
    ...facts,
    onEvent: (event) => {
      show(event);
      if (event.name === 'AgentRunning') showState('ready');
    },
    onConnection: (isConnected) => {
      live.textContent = isConnected
        ? 'Events as the services send them.'
        : 'The event stream is interrupted. Connecting again…';
    },
  });
};

/** The server may still be starting: it is asked for two minutes. */
const findFacts = async (): Promise<DemoFacts | undefined> => {
  for (let attempt = 1; attempt <= factsTriesMax; attempt += 1) {
    const facts = await readDemoFacts();
    if (facts !== undefined) return facts;
    showMissing();
    await new Promise((resolve) => setTimeout(resolve, factsRetryMs));
  }
  return undefined;
};

const showMissing = (): void => {
  const note = byId('missing', HTMLElement);
  if (!note.hidden) return;
  note.hidden = false;
  note.replaceChildren(
    'There is no demo domain on this server yet. Run ',
    make('code', {}, 'npm start'),
    ' in the project’s folder: its first start registers one. In production the demo is switched off.',
  );
  const state = byId('state', HTMLElement);
  state.className = 'chip';
  state.textContent = 'No demo here yet';
};

const showFacts = ({ state, documents, domainId }: DemoFacts): void => {
  showState(state);
  if (documents.length > 0) {
    byId('document-count', HTMLElement).textContent = `${documents.length.toString()} short documents`;
  }
  const tag = byId('tag', HTMLElement);
  tag.textContent = `<script src="${location.origin}/static/widget.js" data-domain-id="${domainId}" defer></script>`;
  copyOnClick(byId('copy-tag', HTMLButtonElement), () => tag.textContent);
};

const showState = (state: string): void => {
  const chip = byId('state', HTMLElement);
  const isFailed = state === 'failed';
  chip.className = `chip ${state === 'ready' ? 'good' : isFailed ? 'bad' : 'busy'}`;
  chip.textContent =
    state === 'ready' ? 'The agent is ready' : isFailed ? 'The agent failed' : 'The agent is being set up';
};

const showQuestions = ({ suggestedQuestions }: DemoFacts, { sendMessage }: PublicApi): void => {
  const items = suggestedQuestions.map((question) => {
    const ask = make('button', { class: 'button', type: 'button' }, question);
    ask.addEventListener('click', () => sendMessage(question));
    return make('li', {}, ask);
  });
  byId('questions', HTMLElement).replaceChildren(...items);
};

void start();
