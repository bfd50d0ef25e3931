import css from './widget.css';

export const tagName = 'parley-widget';

/** A page may tear the element out on every navigation; a page that does it in a loop wins. */
const returnsMax = 50;

/** The page's own styles could reach this one element, so each of these is set inline and `!important`. */
const hostStyle: Readonly<Record<string, string>> = {
  all: 'initial',
  display: 'block',
  position: 'fixed',
  inset: '0',
  width: 'auto',
  height: 'auto',
  'max-width': 'none',
  'max-height': 'none',
  margin: '0',
  padding: '0',
  border: '0',
  background: 'none',
  overflow: 'visible',
  'pointer-events': 'none',
  'z-index': '2147483647',
};

/** The border between a stranger's page and ours: a shadow root in the top layer, out of reach of the page's styles. */
export class WidgetElement extends HTMLElement {
  #isDismissed = false;
  #returns = 0;

  show(content: HTMLElement): void {
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    for (const [name, value] of Object.entries(hostStyle)) this.style.setProperty(name, value, 'important');
    adoptStyles(shadow);
    shadow.replaceChildren(...shadow.querySelectorAll('style'), content);
    this.#isDismissed = false;
    document.body.append(this);
  }

  dismiss(): void {
    this.#isDismissed = true;
    this.remove();
  }

  connectedCallback(): void {
    // The top layer is above any z-index and free of a transformed body.
    if (!('popover' in this) || typeof this.showPopover !== 'function') return;
    this.popover = 'manual';
    if (!this.matches(':popover-open')) this.showPopover();
  }

  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (this.#isDismissed || this.isConnected || this.#returns >= returnsMax) return;
      this.#returns += 1;
      (document.body as HTMLElement | null)?.append(this);
    });
  }
}

const adoptStyles = (shadow: ShadowRoot): void => {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    shadow.adoptedStyleSheets = [sheet];
  } catch {
    // Browsers from before adoptable sheets (Safari < 16.4).
    const style = document.createElement('style');
    style.textContent = css;
    shadow.append(style);
  }
};
