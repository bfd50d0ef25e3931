import type { Locator, Page } from 'playwright-core';

/** The widget as its visitor handles it. */
export interface WidgetPage {
  readonly host: Locator;
  readonly launcher: Locator;
  readonly panel: Locator;
  readonly field: Locator;
  readonly questions: Locator;
  readonly answers: Locator;
  /** What there is once the answer is whole, or was given up. */
  readonly send: Locator;
  readonly open: () => Promise<void>;
  /** Asks and waits for the end of the answer, which it gives. */
  readonly ask: (question: string) => Promise<Locator>;
  readonly button: (name: string) => Locator;
}

export const widgetOn = (page: Page): WidgetPage => {
  const host = page.locator('parley-widget');
  const launcher = host.locator('.launcher');
  const panel = host.getByRole('dialog');
  const field = host.getByRole('textbox');
  const questions = host.locator('.mine');
  const answers = host.locator('.theirs');
  const button = (name: string): Locator => host.getByRole('button', { name, exact: true });
  const send = button('Send');
  return {
    host,
    launcher,
    panel,
    field,
    questions,
    answers,
    send,
    button,
    open: async () => {
      await launcher.click();
      await panel.waitFor();
    },
    ask: async (question) => {
      const before = await questions.count();
      await field.fill(question);
      await field.press('Enter');
      await questions.nth(before).waitFor();
      await send.waitFor();
      return answers.last();
    },
  };
};

/** What has the focus inside the widget: its class, else its name. */
export const focusInWidget = (page: Page): Promise<string> =>
  page.evaluate<string>(
    "(({ className, tagName } = {}) => className || tagName || '')(document.activeElement?.shadowRoot?.activeElement ?? undefined)",
  );

export interface TagOptions {
  readonly api: string;
  readonly domainId?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** The tag that a customer copies, with more attributes or an address that says the same. */
export const tag = ({ api, domainId, attributes = {}, query = {} }: TagOptions): string => {
  const all = { ...(domainId === undefined ? {} : { 'data-domain-id': domainId }), ...attributes };
  const search = new URLSearchParams(query).toString();
  const written = Object.entries(all).map(([name, value]) => `${name}="${value.replaceAll('"', '&quot;')}"`);
  return `<script src="${api}/static/widget.js${search === '' ? '' : `?${search}`}" ${written.join(' ')} defer></script>`;
};
