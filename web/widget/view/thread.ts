import type { WidgetConfig } from '../config.ts';
import type { Conversation } from '../conversation.ts';
import type { Message } from '../messages.ts';
import type { State } from '../state.ts';
import { texts } from '../texts.ts';
import { button, element, icon } from './elements.ts';
import { createMessageView, type MessageView } from './message-views.ts';

export interface ThreadView {
  readonly node: HTMLElement;
  readonly update: (state: State) => void;
  /** Goes to the end and stays there while the answer grows. */
  readonly follow: () => void;
}

const nearEndPx = 80;

/** The messages, painted by identity: only a message that changed is touched. */
export const createThread = (config: WidgetConfig, conversation: Conversation): ThreadView => {
  const views = new Map<string, { view: MessageView; message: Message }>();
  const list = element('ol', {});
  const loading = element('p', { class: 'loading' }, texts.restoring);
  const intro = createIntro(config, conversation);
  const scroller = element(
    'div',
    { class: 'thread', role: 'log', 'aria-live': 'off', 'aria-label': texts.conversation, tabindex: '0' },
    intro,
    loading,
    list,
  );
  let isFollowing = true;
  const toLatest = button(
    { class: 'latest', 'aria-label': texts.toLatest, title: texts.toLatest },
    () => follow(),
    icon('down'),
  );
  const node = element('div', { class: 'thread-frame' }, scroller, toLatest);
  const follow = (): void => {
    isFollowing = true;
    scroller.scrollTop = scroller.scrollHeight;
  };
  scroller.addEventListener(
    'scroll',
    () => {
      isFollowing = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < nearEndPx;
      toLatest.hidden = isFollowing;
    },
    { passive: true },
  );
  toLatest.hidden = true;

  return {
    node,
    follow,
    update: ({ messages, isRestoring }) => {
      loading.hidden = !isRestoring;
      intro.classList.toggle('is-over', messages.length > 0);
      paintMessages(list, views, messages, conversation.retry);
      if (isFollowing) scroller.scrollTop = scroller.scrollHeight;
    },
  };
};

const paintMessages = (
  list: HTMLElement,
  views: Map<string, { view: MessageView; message: Message }>,
  messages: readonly Message[],
  onRetry: (id: string) => void,
): void => {
  const keys = new Set(messages.map(keyOf));
  for (const [key, { view }] of views) {
    if (keys.has(key)) continue;
    view.node.remove();
    views.delete(key);
  }
  messages.forEach((message, place) => {
    const known = views.get(keyOf(message));
    const view = known?.view ?? createMessageView(message, onRetry);
    if (known?.message !== message) {
      view.update(message);
      views.set(keyOf(message), { view, message });
    }
    if (list.children[place] !== view.node) list.insertBefore(view.node, list.children[place] ?? null);
  });
};

const keyOf = ({ role, id }: Message): string => `${role}:${id}`;

const createIntro = ({ welcomeMessage, suggestedQuestions }: WidgetConfig, conversation: Conversation): HTMLElement => {
  const intro = element('div', { class: 'intro' }, element('p', { class: 'welcome', dir: 'auto' }, welcomeMessage));
  if (suggestedQuestions.length === 0) return intro;
  const list = element('ul', { 'aria-label': texts.suggestions });
  for (const question of suggestedQuestions) {
    const ask = button({ class: 'suggestion', dir: 'auto' }, () => conversation.ask(question), question);
    list.append(element('li', {}, ask));
  }
  intro.append(list);
  return intro;
};
