import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Site } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { axeViolations } from './axe.ts';
import type { CustomerPage } from './customer-site.ts';
import { payloads, trap } from './payloads.ts';
import { startWorld, type BrowserWorld, type Visit, type VisitOptions } from './support.ts';
import { tag, widgetOn, type TagOptions, type WidgetPage } from './widget-page.ts';

/** One plant a payload, so that each can be asked for. */
const plants =
  'acacia alder almond apple aspen bamboo banyan beech birch box cedar cherry chestnut cypress elder elm fig fir hazel'.split(
    ' ',
  );
const labels = payloads
  .map((payload, at) => `## The ${plants[at]}\n\nThe label of the ${plants[at]} reads ${payload} in red.`)
  .join('\n\n');
const guide = '# Studio guide\n\n## Firing\n\nA glaze firing takes nine days and costs fourteen euros a shelf.\n';
const question = 'How long does a glaze firing take?';

let world: BrowserWorld;
let shop: Site;

beforeAll(async () => {
  world = await startWorld();
  shop = await world.openShop('clay.example', { 'Studio guide.md': guide, 'labels.txt': labels });
});
afterEach(() => world.leaveAll());
afterAll(() => world.stop());

interface Embedding extends CustomerPage {
  readonly tag?: Partial<TagOptions>;
  readonly options?: VisitOptions;
}

const visit = async ({ tag: tagged = {}, options = {}, body = '', ...more }: Embedding = {}): Promise<
  Visit & { readonly widget: WidgetPage }
> => {
  const written = tag({ api: world.system.api.url, domainId: shop.domainId, ...tagged });
  const visited = await world.visit(world.customer.serve({ ...more, body: body + written }), options);
  return { ...visited, widget: widgetOn(visited.page) };
};
const styleOf = (page: Page, selector: string, property: string): Promise<string> =>
  page.evaluate<string>(
    `getComputedStyle(document.querySelector('parley-widget').shadowRoot.querySelector('${selector}')).${property}`,
  );

type Box = Awaited<ReturnType<typeof boxOf>>;
/** Its distances from the edges of the screen. */
const boxOf = async (part: Locator) => {
  const box = await part.boundingBox();
  if (box === null) throw new Error('not to be seen');
  return { above: box.y, below: 800 - box.y - box.height, left: box.x, right: 1280 - box.x - box.width };
};

describe('settings', () => {
  test('of the tag: title, colours, words', async () => {
    const { page, widget } = await visit({
      tag: {
        attributes: {
          'data-widget-title': 'Ask the potter',
          'data-primary-color': '#7a1f5c',
          'data-secondary-color': '#ffeedd',
          'data-placeholder': 'Your question',
          'data-welcome-message': 'Good day!',
          'data-auto-scrape': 'true',
          'data-api-url': world.system.api.url,
        },
      },
    });
    await widget.open();
    expect(await widget.panel.getByRole('heading').textContent()).toBe('Ask the potter');
    expect(await widget.field.getAttribute('placeholder')).toBe('Your question');
    expect(await widget.panel.locator('.welcome').textContent()).toBe('Good day!');
    expect(await styleOf(page, '.launcher', 'backgroundColor')).toBe('rgb(122, 31, 92)');
    const answer = await widget.ask(question);
    expect(await answer.textContent()).toContain('nine days');
    expect(await styleOf(page, '.theirs .bubble', 'backgroundColor')).toBe('rgb(255, 238, 221)');
  });

  test.each(['bottom-right', 'bottom-left', 'top-right', 'top-left'])('put it %s', async (position) => {
    const { widget } = await visit({ tag: { attributes: { 'data-position': position } } });
    await widget.open();
    const [launcher, panel] = [await boxOf(widget.launcher), await boxOf(widget.panel)];
    const sideOf = ({ left, right }: Box): string => (left < right ? 'left' : 'right');
    expect(`${launcher.above < launcher.below ? 'top' : 'bottom'}-${sideOf(launcher)}`).toBe(position);
    expect(sideOf(panel)).toBe(sideOf(launcher));
    expect(Math.min(...Object.values(launcher), ...Object.values(panel))).toBeGreaterThan(0);
    const isApart = panel.below >= 800 - launcher.above || panel.above >= 800 - launcher.below;
    expect(isApart).toBe(true);
  });

  test('in the address of the script', async () => {
    const { page, widget, complaints } = await visit({
      tag: {
        attributes: { 'data-domain-id': '' },
        query: { 'domain-id': shop.domainId, 'widget-title': 'By address', 'primary-color': '#7a1f5c' },
      },
    });
    await widget.open();
    expect(await widget.panel.getByRole('heading').textContent()).toBe('By address');
    expect(await styleOf(page, '.launcher', 'backgroundColor')).toBe('rgb(122, 31, 92)');
    expect(await (await widget.ask(question)).textContent()).toContain('nine days');
    expect(complaints()).toEqual([]);
  });

  test('in window.CustomerSupportWidgetConfig win over the tag’s', async () => {
    const config = { widgetTitle: 'By window', position: 'top-left', suggestedQuestions: [question] };
    const { widget } = await visit({
      head: `<script>window.CustomerSupportWidgetConfig = ${JSON.stringify(config)}</script>`,
      tag: { attributes: { 'data-widget-title': 'By tag' } },
    });
    await widget.open();
    expect(await widget.panel.getByRole('heading').textContent()).toBe('By window');
    await widget.button(question).click();
    await widget.answers.filter({ hasText: 'nine days' }).waitFor();
  });

  test('without a domain are complained of once, and there is no launcher', async () => {
    const { page, widget, complaints } = await visit({
      tag: { attributes: { 'data-domain-id': '' } },
    });
    await page.evaluate('CustomerSupportWidget.init(); CustomerSupportWidget.open();');
    expect(await widget.host.count()).toBe(0);
    expect(complaints()).toEqual([expect.stringContaining('the domain id is missing')]);
  });
});

describe('window.CustomerSupportWidget', () => {
  test('opens, asks, closes, starts anew, goes and comes back', async () => {
    const { page, widget, complaints } = await visit();
    await widget.launcher.waitFor();
    const call = (code: string): Promise<unknown> => page.evaluate(`CustomerSupportWidget.${code}`);
    await call('open()');
    await widget.panel.waitFor();
    await widget.field.fill(question);
    await call('sendMessage()');
    await widget.answers.filter({ hasText: 'nine days' }).waitFor();
    await call('close()');
    await widget.panel.waitFor({ state: 'hidden' });
    await widget.send.waitFor({ state: 'hidden' });
    await call(`sendMessage('What does a glaze firing cost?')`);
    await widget.answers.nth(1).filter({ hasText: 'fourteen euros' }).waitFor();
    await widget.send.waitFor();
    await call('newSession()');
    await widget.questions.first().waitFor({ state: 'detached' });
    expect(await page.evaluate(`localStorage.getItem('customerSupportSessionId')`)).toBeNull();
    await call('destroy()');
    expect(await widget.host.count()).toBe(0);
    await call(`init({ widgetTitle: 'Anew' })`);
    await widget.open();
    expect(await widget.panel.getByRole('heading').textContent()).toBe('Anew');
    expect(complaints()).toEqual([]);
  });
});

/** What a text must never become: a foreign element, a handler, a dangerous address. */
const foreign = `(() => {
  const known = new Set(('DIV SECTION SPAN H2 P BUTTON svg path OL UL LI TEXTAREA I A STRONG EM DEL CODE PRE BR HR ' +
    'BLOCKQUOTE SUP TABLE THEAD TBODY TR TH TD').split(' '));
  const all = [...document.querySelector('parley-widget').shadowRoot.querySelectorAll('*')];
  const isBad = (node) => !known.has(node.tagName)
    || [...node.attributes].some(({ name }) => /^on|^src|style$/i.test(name) && !(name === 'style' && /TEXTAREA|DIV/.test(node.tagName)))
    || (node.tagName === 'A' && !/^(https|mailto):/.test(node.href));
  return all.filter(isBad).map((node) => node.outerHTML.slice(0, 200));
})()`;

const expectHarmless = async ({ page, requests }: Visit): Promise<void> => {
  expect(await page.evaluate(foreign)).toEqual([]);
  expect(await page.evaluate('window.hits')).toBe(0);
  expect(await page.evaluate(`document.querySelectorAll('iframe, object, img, form, style').length`)).toBe(0);
  const known = [world.system.api.url, world.customer.origin];
  expect(requests().filter((request) => !known.some((origin) => request.includes(` ${origin}/`)))).toEqual([]);
};

describe('text stays text', () => {
  test('in questions, in answers from a poisoned document, and in both after a reload', async () => {
    const visited = await visit({ options: { before: trap } });
    const { page, widget } = visited;
    await widget.open();
    for (const [at, payload] of payloads.entries()) {
      const answer = await widget.ask(`What does the label of the ${plants[at]} read? ${payload}`);
      // Markdown's own marks go; everything else is there, word by word.
      expect.soft(await answer.textContent()).toContain(/[`\]]/.test(payload) ? 'in red' : payload);
    }
    await expectHarmless(visited);
    expect(await widget.questions.last().textContent()).toContain(payloads.at(-1));
    const marks = widget.host.locator('button.mark');
    for (let at = 0; at < (await marks.count()); at += 1) await marks.nth(at).click();
    expect(await widget.host.locator('.card blockquote').count()).toBeGreaterThan(10);
    await expectHarmless(visited);
    // A language model may say anything, so the payloads themselves become what was said.
    for (const [at, payload] of payloads.entries()) {
      await world.system.sql(
        `update conversation_history set content = $1 where role = 'assistant' and content like '%' || $2 || ' reads%'`,
        [payload, plants[at]],
      );
    }
    await page.reload();
    await widget.open();
    await widget.answers.nth(payloads.length - 1).waitFor();
    const told = await widget.answers.locator('.words').allTextContents();
    expect(told.slice(0, 4)).toEqual(payloads.slice(0, 4));
    expect(told.filter((text) => text.startsWith('press here'))).toHaveLength(2);
    await expectHarmless(visited);
  });

  test('in every setting', async () => {
    const visited = await visit({ options: { before: trap } });
    const names = ['widgetTitle', 'placeholder', 'welcomeMessage', 'primaryColor', 'textColor', 'position', 'theme'];
    for (const payload of payloads) {
      const settings = { ...Object.fromEntries(names.map((name) => [name, payload])), suggestedQuestions: [payload] };
      await visited.page.evaluate(
        `CustomerSupportWidget.init(${JSON.stringify(settings)}); CustomerSupportWidget.open();`,
      );
      expect(await visited.widget.panel.getByRole('heading').textContent()).toBe(payload);
      await expectHarmless(visited);
    }
  });
});

describe('a difficult page', () => {
  test('that blocks storage has a widget that answers', async () => {
    const blocked = `Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });`;
    const { widget, complaints } = await visit({ options: { before: blocked } });
    await widget.open();
    expect(await (await widget.ask(question)).textContent()).toContain('nine days');
    expect(await (await widget.ask('And what does it cost?')).textContent()).toContain('fourteen euros');
    expect(complaints()).toEqual([]);
  });

  test('with two tags, that starts it twice and throws its body away, has one widget', async () => {
    const second = tag({ api: world.system.api.url, domainId: shop.domainId, query: { v: '2' } });
    const { page, widget, complaints } = await visit({ body: second });
    await widget.launcher.waitFor();
    await page.evaluate('CustomerSupportWidget.init(); CustomerSupportWidget.init();');
    expect(await widget.host.count()).toBe(1);
    await page.evaluate(`document.body.innerHTML = '<p>the next view</p>'`);
    await widget.open();
    expect(await widget.host.count()).toBe(1);
    expect(await (await widget.ask(question)).textContent()).toContain('nine days');
    expect(complaints()).toEqual([]);
  });

  test.each([
    '* { all: unset !important }',
    'div { display: none !important }',
    'html { font-size: 62.5% } body { transform: translateX(300px); overflow: hidden }',
    'button { font-size: 40px !important; padding: 40px !important } svg { display: none !important } textarea { width: 10px !important }',
    '* { pointer-events: none !important; visibility: hidden !important; opacity: 0.1 !important; filter: blur(3px) !important }',
    '* { color: red !important; writing-mode: vertical-rl !important; letter-spacing: 9px !important }',
    'main { position: fixed; inset: 0; z-index: 2147483647; background: tomato }',
  ])('styled with %s leaves it usable and where it was', async (css) => {
    const { page, widget } = await visit({ head: `<style>${css}</style>` });
    await widget.open();
    expect(await (await widget.ask(question)).textContent()).toContain('nine days');
    expect(await widget.panel.boundingBox()).toEqual({ x: 860, y: 24, width: 400, height: 680 });
    expect(await page.evaluate('document.elementFromPoint(1060, 400)?.tagName')).toBe('PARLEY-WIDGET');
    expect(await styleOf(page, '.words', 'fontSize')).toBe('15px');
  });

  test('with a strict policy sees no violation', async () => {
    const { url } = world.system.api;
    const policy = `default-src 'none'; script-src ${url}; connect-src ${url}; require-trusted-types-for 'script'; trusted-types 'none'`;
    const { page, widget, complaints } = await visit({
      headers: { 'content-security-policy': policy },
      options: {
        before: `window.violations = []; addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective + ' ' + event.blockedURI));`,
      },
    });
    await widget.open();
    const answer = await widget.ask(question);
    await answer.locator('button.mark').click();
    await answer.locator('.card').waitFor();
    expect(await styleOf(page, '.panel', 'borderTopLeftRadius')).toBe('20px');
    expect(await page.evaluate('window.violations')).toEqual([]);
    expect(complaints()).toEqual([]);
  });
});

const looks: Readonly<Record<string, Embedding>> = {
  'by day': {},
  'by night': {
    head: '<style>html { background: #111; color: #ddd } a { color: #9cf }</style>',
    options: { colorScheme: 'dark' },
  },
  'from right to left': { html: 'lang="ar" dir="rtl"' },
  'on a small phone': { options: { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true } },
};

describe('for everybody', () => {
  test.each(Object.keys(looks))('axe finds nothing %s: closed, open, answered, failed', async (look) => {
    const { page, widget } = await visit(looks[look]);
    await widget.launcher.waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await widget.open();
    expect(await axeViolations(page)).toEqual([]);
    const answer = await widget.ask(question);
    await answer.locator('button.mark').click();
    await answer.locator('.card').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.route('**/ask', (route) => route.abort('connectionrefused'));
    await widget.ask('And now?');
    await widget.button('Try again').waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  test('it fills a small screen, and nothing scrolls sideways', async () => {
    const { page, widget } = await visit(looks['on a small phone']);
    await widget.open();
    await widget.ask(question);
    expect(await widget.panel.boundingBox()).toEqual({ x: 0, y: 0, width: 360, height: 640 });
    expect(await widget.panel.getAttribute('aria-modal')).toBe('true');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    const wide = `[...document.querySelector('parley-widget').shadowRoot.querySelectorAll('.panel, .thread, .head, .base')]
      .filter((node) => node.scrollWidth > node.clientWidth).map((node) => node.className)`;
    expect(await page.evaluate(wide)).toEqual([]);
    await widget.button('Close chat').first().click();
    await widget.panel.waitFor({ state: 'hidden' });
  });

  test('it is dark for who likes it dark', async () => {
    const { page, widget } = await visit(looks['by night']);
    await widget.open();
    expect(await styleOf(page, '.panel', 'backgroundColor')).toBe('rgb(27, 29, 28)');
    await page.emulateMedia({ colorScheme: 'light' });
    await eventually(async () => (await styleOf(page, '.panel', 'backgroundColor')) === 'rgb(255, 255, 255)');
  });

  test('it is mirrored on a page from right to left', async () => {
    const { page, widget } = await visit(looks['from right to left']);
    await widget.open();
    expect((await widget.panel.boundingBox())?.x).toBe(20);
    expect(await styleOf(page, '.root', 'direction')).toBe('rtl');
    const [close, title] = [widget.panel.locator('.tool').last(), widget.panel.getByRole('heading')];
    expect((await close.boundingBox())?.x).toBeLessThan((await title.boundingBox())?.x ?? 0);
  });
});
