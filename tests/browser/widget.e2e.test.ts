import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Site } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { axeViolations } from './axe.ts';
import { startWorld, type BrowserWorld, type Visit, type VisitOptions } from './support.ts';
import { focusInWidget, tag, widgetOn, type WidgetPage } from './widget-page.ts';

const guide = `# Studio guide

## Opening hours

The studio is open from Wednesday to Sunday, from eleven to seven.

## Firing

A glaze firing takes nine days and costs fourteen euros a shelf.

## Courses

An evening course has eight evenings and at most ten people.
`;
const question = 'How long does a glaze firing take?';

let world: BrowserWorld;
let shop: Site;
let address: string;

beforeAll(async () => {
  // A breath between words, so that an answer can be seen growing.
  world = await startWorld({ clouds: { tokenMs: 15 }, env: { RECALL_TIMEOUT_MS: '3000' } });
  shop = await world.openShop('clay.example', { 'Studio guide.md': guide });
  address = world.customer.serve({ body: tag({ api: world.system.api.url, domainId: shop.domainId }) });
});
afterEach(() => world.leaveAll());
afterAll(async () => {
  expect(await world.system.clouds.gradient.violations()).toEqual([]);
  await world.stop();
});

const visit = async (options?: VisitOptions): Promise<Visit & { readonly widget: WidgetPage }> => {
  const visited = await world.visit(address, options);
  const widget = widgetOn(visited.page);
  await widget.launcher.waitFor();
  return { ...visited, widget };
};
const kept = (of: Visit, key: string): Promise<string | null> =>
  of.page.evaluate<string | null>(`localStorage.getItem('${key}')`);
const sessionOf = async (of: Visit): Promise<string> => (await kept(of, 'customerSupportSessionId')) ?? 'none';
const apiCalls = ({ requests }: Visit): readonly string[] =>
  requests().filter((request) => request.includes(world.system.api.url) && !request.includes('/static/'));

describe('the launcher', () => {
  test('appears without a call to the API, anything stored or a word in the console', async () => {
    const visited = await visit();
    await visited.page.waitForLoadState('networkidle');
    expect(apiCalls(visited)).toEqual([]);
    expect(visited.requests().filter((request) => request.includes(world.system.api.url))).toHaveLength(1);
    const stored = 'localStorage.length + sessionStorage.length + document.cookie.length';
    expect(await visited.page.evaluate(stored)).toBe(0);
    expect(visited.complaints()).toEqual([]);
  });

  test('opens and closes by click', async () => {
    const { widget } = await visit();
    await widget.open();
    expect(await widget.launcher.getAttribute('aria-expanded')).toBe('true');
    await widget.launcher.click();
    await widget.panel.waitFor({ state: 'hidden' });
    expect(await widget.launcher.getAttribute('aria-expanded')).toBe('false');
  });

  test('is reached by Tab and opens by Enter; focus goes in, Esc closes, focus returns', async () => {
    const { page, widget } = await visit();
    await eventually(async () => {
      await page.keyboard.press('Tab');
      return (await focusInWidget(page)) === 'launcher';
    });
    await page.keyboard.press('Enter');
    await widget.panel.waitFor();
    expect(await focusInWidget(page)).toBe('TEXTAREA');
    await page.keyboard.press('Escape');
    await widget.panel.waitFor({ state: 'hidden' });
    expect(await focusInWidget(page)).toBe('launcher');
  });
});

describe('an answer', () => {
  test('comes token by token; its numbered mark opens the card of its source', async () => {
    const { page, widget, complaints } = await visit();
    await widget.open();
    await page.evaluate(`window.lengths = [];
      const thread = document.querySelector('parley-widget').shadowRoot.querySelector('.thread');
      new MutationObserver(() => window.lengths.push(thread.querySelector('.words')?.textContent.length ?? 0))
        .observe(thread, { subtree: true, childList: true, characterData: true });`);
    const answer = await widget.ask(question);
    expect(await answer.textContent()).toContain('nine days');
    const lengths = await page.evaluate<number[]>('window.lengths');
    expect(new Set(lengths).size).toBeGreaterThan(4);

    await answer.getByRole('button', { name: 'Source 1: Studio guide.md' }).click();
    const card = answer.locator('.card');
    expect(await card.locator('.document').textContent()).toContain('Studio guide');
    expect(await card.locator('.where').textContent()).toContain('Firing');
    expect(await card.locator('blockquote').textContent()).toContain('A glaze firing takes nine days');
    expect(complaints()).toEqual([]);
  });

  test('is told to a screen reader twice: that it is coming, and whole', async () => {
    const { page, widget } = await visit();
    await widget.open();
    await page.evaluate(`window.heard = [];
      const region = document.querySelector('parley-widget').shadowRoot.querySelector('[role=status]');
      new MutationObserver(() => window.heard.push(region.textContent)).observe(region, { subtree: true, childList: true });`);
    await widget.ask(question);
    const heard = await page.evaluate<string[]>('window.heard');
    expect(heard).toEqual(['Support is typing', expect.stringContaining('nine days')]);
  });

  test('to what no document says is an honest "I don’t know" without sources', async () => {
    const { widget } = await visit();
    await widget.open();
    const answer = await widget.ask('Do you sell submarine spare parts in Patagonia?');
    expect(await answer.textContent()).toMatch(/don.t know|could not find/i);
    expect(await answer.locator('.sources').isVisible()).toBe(false);
  });
});

describe('the field', () => {
  test('sends by Enter and breaks the line by Shift and Enter', async () => {
    const { widget } = await visit();
    await widget.open();
    await widget.field.fill('How long does');
    await widget.field.press('Shift+Enter');
    await widget.field.pressSequentially('a glaze firing take?');
    expect(await widget.field.inputValue()).toBe('How long does\na glaze firing take?');
    expect(await widget.questions.count()).toBe(0);
    await widget.field.press('Enter');
    await widget.questions.filter({ hasText: 'a glaze firing take?' }).waitFor();
    expect(await widget.field.inputValue()).toBe('');
  });

  test('does not send by the Enter that ends the composing of a word', async () => {
    const { page, widget } = await visit();
    await widget.open();
    const keyboard = await page.context().newCDPSession(page);
    await keyboard.send('Input.imeSetComposition', { text: 'かま', selectionStart: 2, selectionEnd: 2 });
    await widget.field.press('Enter');
    await keyboard.send('Input.insertText', { text: '窯' });
    expect(await widget.field.inputValue()).toContain('窯');
    expect(await widget.questions.count()).toBe(0);
    await eventually(async () => {
      await widget.field.press('Enter');
      return (await widget.questions.count()) === 1;
    });
  });
});

describe('a conversation', () => {
  test('is there again after a reload, with its sources', async () => {
    const { page, widget } = await visit();
    await widget.open();
    const words = await (await widget.ask(question)).locator('.words').textContent();
    await page.reload();
    await widget.open();
    await widget.answers.waitFor();
    expect(await widget.questions.locator('p').allTextContents()).toEqual([question]);
    expect(await widget.answers.locator('.words').textContent()).toBe(words);
    await widget.answers.getByRole('button', { name: 'Source 1: Studio guide.md' }).click();
    expect(await widget.answers.locator('blockquote').textContent()).toContain('nine days');
  });

  test('can be started anew; the old one stays with the site', async () => {
    const visited = await visit();
    const { widget } = visited;
    await widget.open();
    await widget.ask(question);
    const before = await sessionOf(visited);
    await widget.button('New conversation').click();
    await widget.questions.waitFor({ state: 'detached' });
    expect(await kept(visited, 'customerSupportSessionId')).toBeNull();
    await widget.ask('When is the studio open?');
    expect(await sessionOf(visited)).not.toBe(before);
    expect((await shop.conversation(before)).total_messages).toBe(2);
  });

  test('a new one remembers what the same visitor told before', async () => {
    const visited = await visit();
    const { widget } = visited;
    await widget.open();
    await widget.ask('My favourite glaze is celadon.');
    const userId = (await kept(visited, 'customerSupportUserId')) ?? '';
    await eventually(async () => (await shop.asOwner(`/memory/users/${userId}`)).text.includes('celadon'), 20_000);
    await widget.button('New conversation').click();
    await widget.questions.waitFor({ state: 'detached' });
    expect(await (await widget.ask('What is my favourite glaze?')).textContent()).toContain('celadon');
    expect(await kept(visited, 'customerSupportUserId')).toBe(userId);
  });

  test('keeps its ids as the inherited widget did', async () => {
    const visited = await visit();
    await visited.widget.open();
    await visited.widget.ask('When is the studio open?');
    const keys = await visited.page.evaluate<string[]>('Object.keys(localStorage).sort()');
    expect(keys).toEqual(['customerSupportSessionId', 'customerSupportUserId']);
    const userId = await kept(visited, 'customerSupportUserId');
    expect(await shop.conversation(await sessionOf(visited))).toMatchObject({ user_id: userId });
  });
});

describe('a question that could not be sent', () => {
  test('keeps its words, and goes once when it is tried again with the server back', async () => {
    const visited = await visit();
    const { widget } = visited;
    await widget.open();
    await widget.ask('When is the studio open?');
    await world.system.stopServices();
    try {
      await widget.ask(question);
      const failed = widget.questions.last();
      expect(await failed.getByRole('alert').textContent()).toContain('Not sent. I couldn’t reach the server.');
      expect(await failed.locator('p').textContent()).toBe(question);
      expect(await widget.answers.count()).toBe(1);
    } finally {
      await world.system.startServices();
    }
    await widget.button('Try again').click();
    await widget.answers.filter({ hasText: 'nine days' }).waitFor();
    await widget.send.waitFor();
    const { messages } = await shop.conversation(await sessionOf(visited));
    expect(messages.filter(({ content }) => content === question)).toHaveLength(1);
    expect(messages).toHaveLength(4);
  });

  test('although it had arrived is stored once: the second try has the same client_message_id', async () => {
    const visited = await visit();
    const { page, widget } = visited;
    await widget.open();
    const sent: unknown[] = [];
    await page.route('**/ask', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      sent.push((route.request().postDataJSON() as { client_message_id: unknown }).client_message_id);
      if (sent.length > 1) return route.continue();
      await route.fetch();
      return route.abort('connectionreset');
    });
    await widget.ask(question);
    await widget.button('Try again').click();
    await widget.answers.filter({ hasText: 'nine days' }).waitFor();
    await widget.send.waitFor();
    expect(sent).toEqual([expect.stringMatching(/^\w{16,}$/), sent[0]]);
    expect((await shop.conversation(await sessionOf(visited))).total_messages).toBe(2);
    expect(await widget.questions.count()).toBe(1);
  });

  test('to an agent that is away is answered from the documents, and says so, after a reload too', async () => {
    const { gradient } = world.system.clouds;
    const { page, widget } = await visit();
    await widget.open();
    await gradient.fault({ match: { path_prefix: '/agent/' }, times: 100, action: 'status', status: 503 });
    try {
      const answer = await widget.ask(question);
      const preface = answer.getByText('Our assistant can’t be reached right now.');
      await preface.waitFor();
      expect(await answer.locator('.words').textContent()).toContain('nine days');
      expect(await answer.locator('.chip').count()).toBe(1);
      expect(await axeViolations(page)).toEqual([]);
      await page.reload();
      await widget.open();
      await preface.waitFor();
    } finally {
      await gradient.clearFaults();
    }
    const later = await widget.ask('When is the studio open?');
    expect(await later.locator('.preface').isVisible()).toBe(false);
  });

  test('yet, because the agent is being set up, says so and is answered by itself', async () => {
    const { api, clouds } = world.system;
    await clouds.gradient.set({ deploy_ms: 4_000 });
    try {
      const young = await api.register('young.example');
      const allowed = { method: 'PATCH', body: { allowed_origins: [world.customer.origin] } };
      await api.asAdmin(`/domains/${young.domainId}`, allowed);
      const body = tag({ api: api.url, domainId: young.domainId });
      const widget = widgetOn((await world.visit(world.customer.serve({ body }))).page);
      await widget.open();
      await widget.field.fill('Are you there?');
      await widget.field.press('Enter');
      await widget.answers.filter({ hasText: 'I’m still being set up.' }).waitFor();
      expect(await widget.questions.getByRole('alert').count()).toBe(0);
      await widget.send.waitFor({ timeout: 30_000 });
      expect(await widget.answers.locator('.note').isVisible()).toBe(false);
      expect(await widget.answers.locator('.words').textContent()).not.toBe('');
    } finally {
      await clouds.gradient.set({ deploy_ms: 150 });
    }
  });
});
