import { originOf, readConfig, settingsInAddress, settingsOf, type Settings } from './config.ts';
import { tagName, WidgetElement } from './element.ts';
import './public-api.ts';
import { mountWidget, type Widget } from './widget.ts';

/** Our own tag: the running script, or (in a module or a tag manager) the last one that names a domain. */
const findTag = (): HTMLScriptElement | undefined => {
  if (document.currentScript instanceof HTMLScriptElement) return document.currentScript;
  return Array.from(document.scripts).findLast((script) => readConfig(settingsOn(script)).domainId !== '');
};

const settingsOn = (tag: HTMLScriptElement | undefined): readonly Settings[] => {
  const address = tag?.src ?? '';
  return [{ apiUrl: originOf(address) }, settingsInAddress(address), tag?.dataset ?? {}];
};

const whenBodyIsThere = (act: () => void): void => {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', act, { once: true });
  else act();
};

const start = (): void => {
  const written = settingsOn(findTag());

  let widget: Widget | undefined;
  let mounted = '';
  let hasComplained = false;

  const init = (options: Settings = {}): void => {
    const config = readConfig([...written, settingsOf(window.CustomerSupportWidgetConfig), settingsOf(options)]);
    if (config.domainId === '') {
      complain();
      return;
    }
    const wanted = JSON.stringify(config);
    if (widget !== undefined && wanted === mounted) return;
    widget?.destroy();
    mounted = wanted;
    widget = mountWidget(new WidgetElement(), config);
  };
  const complain = (): void => {
    if (hasComplained) return;
    hasComplained = true;
    // eslint-disable-next-line no-console -- the one message to the site's owner, and there is no launcher to show it
    console.error('Parley widget: the domain id is missing. Add data-domain-id="…" to its script tag.');
  };
  const started = (): Widget | undefined => {
    if (widget === undefined) init();
    return widget;
  };

  window.CustomerSupportWidget = {
    init: (options) => whenBodyIsThere(() => init(options)),
    open: () => whenBodyIsThere(() => started()?.open()),
    close: () => widget?.close(),
    newSession: () => widget?.newSession(),
    destroy: () => {
      widget?.destroy();
      widget = undefined;
    },
    sendMessage: (text) => whenBodyIsThere(() => started()?.sendMessage(text)),
  };

  const hasDomain = (): boolean =>
    readConfig([...written, settingsOf(window.CustomerSupportWidgetConfig)]).domainId !== '';
  whenBodyIsThere(() => {
    if (hasDomain()) init();
    // A page may call init() itself, with the id, once everything is loaded.
    else addEventListener('load', () => setTimeout(() => widget ?? (hasDomain() ? init() : complain()), 3000));
  });
};

// A second tag, or a page that runs its scripts again, finds the first one at work.
if (window.CustomerSupportWidget === undefined && customElements.get(tagName) === undefined) {
  customElements.define(tagName, WidgetElement);
  start();
}
