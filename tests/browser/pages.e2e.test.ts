import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Site } from '../support/api.ts';
import { aPdf, aProgram } from '../support/documents.ts';
import { axeViolations } from './axe.ts';
import { startWorld, type BrowserWorld, type Visit, type VisitOptions } from './support.ts';
import { widgetOn } from './widget-page.ts';

/** Each page, and what is there once it is complete. */
const pages = {
  '/': '#health.good',
  '/static/demo.html': '#timeline li',
  '/static/knowledge_upload_demo.html': '#documents li',
  '/docs': '.operation',
  '/docs/errors': 'tbody tr',
} as const;
type Path = keyof typeof pages;

let world: BrowserWorld;
let demo: Site;

beforeAll(async () => {
  world = await startWorld({ clouds: { tokenMs: 5 } });
  demo = await world.openDemo();
});
afterEach(() => world.leaveAll());
afterAll(() => world.stop());

const visit = async (path: Path, options?: VisitOptions): Promise<Visit> => {
  const visited = await world.visit(world.system.api.url + path, options);
  await visited.page.locator(pages[path]).first().waitFor();
  return visited;
};
const event = (page: Page, name: string, text: string) =>
  page.locator('#timeline li').filter({ hasText: text }).filter({ hasText: name });

describe('the demo page', () => {
  test('answers at once, with sources, and tells what happened behind the answer', async () => {
    const { page, complaints } = await visit('/static/demo.html');
    await page.getByText('The agent is ready').waitFor();
    for (const name of ['DomainRegistered', 'AgentRunning', 'KbAttached'])
      await event(page, name, '').first().waitFor();
    const question = 'How long does delivery take?';
    await page.locator('#questions').getByRole('button', { name: question }).click();
    const { answers, send } = widgetOn(page);
    await answers.filter({ hasText: '2 to 3 working days' }).waitFor();
    await send.waitFor();
    await answers.getByRole('button', { name: 'Source 1: Delivery' }).click();
    expect(await answers.locator('.card').textContent()).toContain('How long delivery takes');
    await event(page, 'QuestionAnswered', question).waitFor();
    await event(page, 'SessionOpened', 'A visitor opened a conversation').waitFor();
    await event(page, 'MemoryRecorded', 'remembered').waitFor();
    expect(complaints()).toEqual([]);
  });

  test('shows the tag to copy', async () => {
    const { page } = await visit('/static/demo.html', { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.locator('#copy-tag').click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const { url } = world.system.api;
    const tag = `<script src="${url}/static/widget.js" data-domain-id="${demo.domainId}" defer></script>`;
    expect(await page.locator('#tag').textContent()).toBe(tag);
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(tag);
  });
});

describe('the upload page', () => {
  test('shows a PDF on its way until it can be asked, and asks', async () => {
    const { page, complaints } = await visit('/static/knowledge_upload_demo.html');
    await page.evaluate(`window.lines = [];
      const jobs = document.getElementById('jobs');
      new MutationObserver(() => window.lines.push(jobs.querySelector('p').textContent)).observe(jobs, { subtree: true, childList: true });`);
    const text = 'Guide dogs\n\nA guided walk with a dog starts every Friday at seven and costs twelve pounds.';
    const buffer = Buffer.from(await aPdf([text]));
    await page.setInputFiles('#file', { name: 'Walks.pdf', mimeType: 'application/pdf', buffer });
    const card = page.locator('#jobs li', { hasText: 'Walks.pdf' });
    await card.getByText('Ready to be asked').waitFor({ timeout: 60_000 });
    expect(await card.getByRole('progressbar').getAttribute('value')).toBe('1');
    const lines = new Set(await page.evaluate<string[]>('window.lines'));
    expect([...lines].at(-1)).toBe('Ready to be asked');
    expect(lines.size).toBeGreaterThan(2);
    await page.locator('#documents li', { hasText: 'Walks.pdf' }).getByText('Ready').waitFor();
    await page.locator('#question').fill('When does a guided walk with a dog start?');
    await page.locator('#question').press('Enter');
    const { answers, send } = widgetOn(page);
    await answers.filter({ hasText: 'every Friday at seven' }).waitFor();
    await send.waitFor();
    await answers.getByRole('button', { name: 'Source 1: Walks.pdf' }).click();
    expect(await answers.locator('.card .where').textContent()).toContain('Page 1');
    expect(complaints()).toEqual([]);
  });

  test('refuses a program in words, and says what it takes', async () => {
    const { page } = await visit('/static/knowledge_upload_demo.html');
    const known = (await demo.documents()).length;
    const buffer = Buffer.from(aProgram());
    await page.setInputFiles('#file', { name: 'setup.exe', mimeType: 'application/octet-stream', buffer });
    const card = page.locator('#jobs li.bad', { hasText: 'setup.exe' });
    await card.waitFor();
    expect(await card.locator('p').textContent()).toMatch(/^(?=.*not)(?=.*PDF)(?=.*CSV)[\w ,.:()’'"-]+$/is);
    expect(await demo.documents()).toHaveLength(known);
  });

  test('shows what the agent reads of a document, and replaces it with a file', async () => {
    const { page, complaints } = await visit('/static/knowledge_upload_demo.html');
    await page.getByRole('button', { name: 'Returns and refunds', exact: true }).click();
    const sheet = page.getByRole('dialog', { name: 'Returns and refunds' });
    await sheet.getByRole('region').getByText('Returns').first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Looking after your tent', exact: true }).click();
    const buffer = Buffer.from('# Looking after your tent\n\nWaxed tents are aired for nine days each spring.');
    await page.setInputFiles('#document-file', { name: 'tent.md', mimeType: 'text/markdown', buffer });
    const card = page.locator('#jobs li', { hasText: 'Looking after your tent' });
    await card.getByText('Ready to be asked').waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Looking after your tent', exact: true }).click();
    await page.getByRole('region').getByText('aired for nine days').waitFor();
    await page.getByText('Version 2').waitFor();
    expect(complaints()).toEqual([]);
  });

  test('names what the agent knows, and goes back to it after asking twice', async () => {
    const { page, complaints } = await visit('/static/knowledge_upload_demo.html');
    const panel = page.locator('#snapshot-panel');
    await panel.locator('summary').click();
    await panel.getByLabel('Name of the snapshot').fill('Before the sale');
    await panel.getByRole('button', { name: 'Take one' }).click();
    const row = panel.locator('li', { hasText: 'Before the sale' });
    await row.waitFor();
    await panel.getByLabel('Name of the snapshot').fill('Before the sale');
    await panel.getByRole('button', { name: 'Take one' }).click();
    await panel.locator('#snapshot-note', { hasText: /\w/ }).waitFor();
    await page.getByRole('tab', { name: 'Text' }).click();
    await page.locator('#text-name').fill('Summer sale');
    await page.locator('#text-content').fill('During the summer sale everything costs a tenth less.');
    await page.getByRole('button', { name: 'Add text' }).click();
    await page.locator('#jobs li', { hasText: 'Summer sale' }).getByText('Ready to be asked').waitFor();
    await row.getByRole('button', { name: 'Go back' }).click();
    await row.getByRole('button', { name: 'Change 1 document?' }).click();
    await page.locator('#documents li', { hasText: 'Summer sale' }).waitFor({ state: 'detached', timeout: 30_000 });
    expect(await axeViolations(page)).toEqual([]);
    // The name that was taken already.
    expect(complaints()).toEqual([expect.stringContaining('409')]);
  });

  test('takes pasted text', async () => {
    const { page } = await visit('/static/knowledge_upload_demo.html');
    await page.getByRole('tab', { name: 'Text' }).click();
    await page.locator('#text-name').fill('Lost property');
    await page.locator('#text-content').fill('Lost property is kept for six weeks at the till.');
    await page.getByRole('button', { name: 'Add text' }).click();
    await page.locator('#jobs li', { hasText: 'Lost property' }).getByText('Ready to be asked').waitFor();
    await page.locator('#documents li', { hasText: 'Lost property' }).waitFor();
  });
});

describe('the reference of the API', () => {
  test('shows every route of /openapi.json, and finds one', async () => {
    const { page, complaints } = await visit('/docs');
    const { body } = await world.system.api.send('/openapi.json');
    const { paths } = body as { paths: Record<string, Record<string, unknown>> };
    const routes = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()}${path}`),
    );
    expect(routes.length).toBeGreaterThan(25);
    expect((await page.locator('.operation .address').allTextContents()).sort()).toEqual(routes.sort());
    expect(await page.locator('#contents ul li').count()).toBe(routes.length);
    await page.locator('#filter').fill('POST /ask');
    await page.locator('.operation:visible').nth(1).waitFor({ state: 'hidden' });
    expect(await page.locator('.operation:visible .address').allTextContents()).toEqual(['POST/ask']);
    expect(complaints()).toEqual([]);
  });
});

describe('the home page', () => {
  test('leads to all others', async () => {
    const { page, complaints } = await visit('/');
    const links = await page.evaluate<string[]>(
      `[...document.querySelectorAll('a[href^="/"]')].map((link) => link.getAttribute('href'))`,
    );
    expect(new Set(links)).toEqual(new Set(['/', '/static/demo.html', '/static/knowledge_upload_demo.html', '/docs']));
    for (const link of new Set(links)) expect((await page.request.get(world.system.api.url + link)).status()).toBe(200);
    await page.getByRole('link', { name: 'Try the demo' }).click();
    await page.getByRole('heading', { name: 'Ask Fernhill anything.' }).waitFor();
    expect(complaints()).toEqual([]);
  });
});

describe('every page', () => {
  test.each(Object.keys(pages) as Path[])('%s is clean by day, by night and on a small phone', async (path) => {
    const { page, complaints } = await visit(path);
    const check = async (look: string): Promise<void> => {
      expect.soft(await axeViolations(page), look).toEqual([]);
      expect
        .soft(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), look)
        .toBeLessThanOrEqual(0);
    };
    await check('by day');
    await page.emulateMedia({ colorScheme: 'dark' });
    await check('by night');
    await page.setViewportSize({ width: 360, height: 640 });
    await page.reload();
    await page.locator(pages[path]).first().waitFor();
    await check('on a small phone');
    expect(complaints()).toEqual([]);
  });
});
