import { createApi } from './api.ts';
import type { WidgetConfig } from './config.ts';
import { createConversation, type Conversation } from './conversation.ts';
import type { WidgetElement } from './element.ts';
import { newId } from './new-id.ts';
import type { State } from './state.ts';
import { createVisitorStorage } from './storage.ts';
import { createStore, type Store } from './store.ts';
import { texts } from './texts.ts';
import { themeProperties } from './theme.ts';
import { button, element, icon } from './view/elements.ts';
import { handleKeys } from './view/keys.ts';
import { createPanel, type PanelView } from './view/panel.ts';
import { fitToScreen } from './view/screen.ts';

/** One widget on a page, from `mountWidget` to `destroy`. */
export interface Widget {
  readonly open: () => void;
  readonly close: () => void;
  readonly newSession: () => void;
  /** Without a text, sends what is in the field. */
  readonly sendMessage: (text?: string) => void;
  readonly destroy: () => void;
}

/** Shows the launcher. Nothing is stored, sent or built beyond it until the panel is opened. */
export const mountWidget = (host: WidgetElement, config: WidgetConfig): Widget => {
  const root = createRoot(config);
  let panel: PanelView | undefined;
  const paint = (state: State): void => {
    panel?.update(state);
    root.classList.toggle('is-open', state.isOpen);
    root.classList.toggle('is-expanded', state.isExpanded);
    launcher.setAttribute('aria-label', state.isOpen ? texts.close : texts.open);
    launcher.setAttribute('aria-expanded', String(state.isOpen));
  };
  const store = createStore(paint);
  const conversation = startConversation(config, store);
  const screen = fitToScreen(root);

  const open = (): void => {
    if (store.getState().isOpen) return;
    store.dispatch({ type: 'opened' });
    if (panel === undefined) {
      const onToggleSize = (): void => store.dispatch({ type: 'size-toggled' });
      panel = createPanel({ config, conversation, onClose: close, onToggleSize });
      root.prepend(panel.node);
    }
    panel.node.setAttribute('aria-modal', String(screen.isFull()));
    paint(store.getState()); // at once, not with the next frame: what is hidden cannot be focused
    panel.focus();
    void conversation.restore();
  };
  const close = (): void => {
    if (!store.getState().isOpen) return;
    store.dispatch({ type: 'closed' });
    paint(store.getState());
    launcher.focus({ preventScroll: true });
  };
  const isOpen = (): boolean => store.getState().isOpen;
  const launcher = createLauncher(() => (isOpen() ? close() : open()));
  root.append(launcher);
  handleKeys(root, { isOpen, isFull: screen.isFull, close });
  const connection = watchConnection(conversation);
  paint(store.getState());
  host.show(root);

  return {
    open,
    close,
    newSession: conversation.startOver,
    sendMessage: (text) => {
      open();
      if (text === undefined) panel?.submit();
      else conversation.ask(text);
    },
    destroy: () => {
      conversation.stop();
      connection.release();
      screen.release();
      host.dismiss();
    },
  };
};

const createRoot = (config: WidgetConfig): HTMLElement => {
  const isRtl = getComputedStyle(document.body).direction === 'rtl';
  const root = element('div', { class: 'root', dir: isRtl ? 'rtl' : 'ltr', lang: 'en', 'data-theme': config.theme });
  root.dataset['place'] = config.position ?? (isRtl ? 'bottom-left' : 'bottom-right');
  for (const [name, value] of Object.entries(themeProperties(config))) root.style.setProperty(name, value);
  return root;
};

const createLauncher = (onClick: () => void): HTMLButtonElement =>
  button({ class: 'launcher', 'aria-haspopup': 'dialog' }, onClick, icon('chat'), icon('down'));

const startConversation = (config: WidgetConfig, { getState, dispatch }: Store): Conversation =>
  createConversation({
    api: createApi({ ...config, fetch: (...request) => fetch(...request), isOnline: () => navigator.onLine }),
    storage: createVisitorStorage(() => localStorage, newId),
    getState,
    dispatch,
    newId,
    sleep,
    pageAddress: () => location.origin + location.pathname,
  });

/** What could not be sent without a connection is sent when it is back. */
const watchConnection = ({ retryUnsent }: Conversation): { readonly release: () => void } => {
  addEventListener('online', retryUnsent);
  return { release: () => removeEventListener('online', retryUnsent) };
};

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
