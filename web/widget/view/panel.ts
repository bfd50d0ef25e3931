import type { WidgetConfig } from '../config.ts';
import type { Conversation } from '../conversation.ts';
import { runningId, type State } from '../state.ts';
import { texts } from '../texts.ts';
import { announcementOf } from './announcement.ts';
import { createComposer } from './composer.ts';
import { button, element, icon, type IconName } from './elements.ts';
import { createThread } from './thread.ts';

export interface PanelView {
  readonly node: HTMLElement;
  readonly update: (state: State) => void;
  readonly focus: () => void;
  readonly submit: () => void;
}

export interface PanelOptions {
  readonly config: WidgetConfig;
  readonly conversation: Conversation;
  readonly onClose: () => void;
  readonly onToggleSize: () => void;
}

const titleId = 'widget-title';

export const createPanel = ({ config, conversation, onClose, onToggleSize }: PanelOptions): PanelView => {
  const thread = createThread(config, conversation);
  const composer = createComposer({
    placeholder: config.placeholder,
    onSend: (text) => {
      const isTaken = conversation.ask(text);
      if (isTaken) thread.follow();
      return isTaken;
    },
    onStop: conversation.stop,
  });
  const size = button({ class: 'tool size' }, onToggleSize);
  const status = element('div', { role: 'status', class: 'unseen' });
  const startOver = (): void => {
    conversation.startOver();
    composer.focus();
  };
  const notice = element('p', { class: 'notice', dir: 'auto' }, texts.notice);
  const node = element(
    'section',
    { class: 'panel', role: 'dialog', 'aria-labelledby': titleId },
    createHeader(config.widgetTitle, [
      tool(texts.newConversation, 'compose', startOver),
      size,
      tool(texts.close, 'close', onClose),
    ]),
    thread.node,
    element('div', { class: 'base' }, composer.node, notice),
    status,
  );

  return {
    node,
    update: (state) => {
      thread.update(state);
      composer.update(runningId(state) !== undefined);
      const label = state.isExpanded ? texts.shrink : texts.expand;
      if (size.title !== label) {
        size.title = label;
        size.setAttribute('aria-label', label);
        size.replaceChildren(icon(state.isExpanded ? 'shrink' : 'expand'));
      }
      const words = announcementOf(state);
      if (words !== undefined && status.textContent !== words) status.textContent = words;
    },
    focus: composer.focus,
    submit: composer.submit,
  };
};

const tool = (label: string, name: IconName, onClick: () => void): HTMLButtonElement =>
  button({ class: 'tool', 'aria-label': label, title: label }, onClick, icon(name));

const createHeader = (title: string, tools: readonly Node[]): HTMLElement =>
  element(
    'div',
    { class: 'head' },
    element('span', { class: 'avatar', 'aria-hidden': 'true' }, initialOf(title)),
    element(
      'div',
      { class: 'who' },
      element('h2', { id: titleId, dir: 'auto' }, title),
      element('p', { dir: 'auto' }, texts.subtitle),
    ),
    ...tools,
  );

const initialOf = (title: string): string => Array.from(title)[0]?.toUpperCase() ?? '';
