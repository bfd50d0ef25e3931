import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { seedDemo } from '../../infra/local/demo.ts';
import { projectRoot } from '../../infra/local/project-root.ts';
import { adminKey, type Site } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { startSystem, type System, type SystemOptions } from '../support/system.ts';
import { launchChromium } from './chromium.ts';
import { startCustomerSite, type CustomerSite } from './customer-site.ts';

/** A visitor's tab, with all that happened in it so far. */
export interface Visit {
  readonly page: Page;
  /** Whatever the console shows, and errors nobody caught. */
  readonly complaints: () => readonly string[];
  /** `METHOD address` of every request, sent or refused. */
  readonly requests: () => readonly string[];
  readonly leave: () => Promise<void>;
}

export interface VisitOptions extends BrowserContextOptions {
  /** Runs in the page before its own scripts. */
  readonly before?: string;
}

/** The whole system, a customer's website and a browser. */
export interface BrowserWorld {
  readonly system: System;
  readonly customer: CustomerSite;
  readonly visit: (url: string, options?: VisitOptions) => Promise<Visit>;
  /** Ends the visits of a test. */
  readonly leaveAll: () => Promise<void>;
  /** A ready domain whose visitors come from the customer's website, with documents that are in its answers. */
  readonly openShop: (name: string, documents: Readonly<Record<string, string>>) => Promise<Site>;
  /** What `npm start` sets up: the demo's domain with the shop's documents, all of them in its answers. */
  readonly openDemo: () => Promise<Site>;
  readonly stop: () => Promise<void>;
}

export const startWorld = async (options: SystemOptions = {}): Promise<BrowserWorld> => {
  const [folder] = await Promise.all([mkdtemp(join(tmpdir(), 'parley-browser-')), buildPages()]);
  const demoFile = join(folder, 'demo.json');
  const env = { WEB_ROOT: join(projectRoot, 'dist/web'), DEMO_FILE: demoFile, ...options.env };
  const [browser, customer, system] = await Promise.all([
    launchChromium(),
    startCustomerSite(),
    startSystem({ ...options, env }),
  ]);
  const visits = new Set<Visit>();
  return {
    system,
    customer,
    visit: async (url, visitOptions = {}) => {
      const visit = await startVisit(browser, visitOptions);
      visits.add(visit);
      await visit.page.goto(url);
      return visit;
    },
    leaveAll: async () => {
      await Promise.all([...visits].map((visit) => visit.leave()));
      visits.clear();
    },
    openShop: (name, documents) => openShop(system, { name, documents, origin: customer.origin }),
    openDemo: () => openDemo(system, demoFile),
    stop: async () => {
      await Promise.all([browser.close(), customer.stop()]);
      await Promise.all([system.stop(), rm(folder, { recursive: true, force: true })]);
    },
  };
};

/** Does nothing when the built pages are those of the sources. */
const buildPages = async (): Promise<void> => {
  await promisify(execFile)(process.execPath, [join(projectRoot, 'infra/build.mjs')], { timeout: 120_000 });
};

const startVisit = async (browser: Browser, { before, ...options }: VisitOptions): Promise<Visit> => {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    // Nothing has to be waited for that only moves.
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(20_000);
  if (before !== undefined) await context.addInitScript(before);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('request', (request) => requests.push(`${request.method()} ${request.url()}`));
  return { page, complaints: () => complaints, requests: () => requests, leave: () => context.close() };
};

interface Shop {
  readonly name: string;
  readonly origin: string;
  readonly documents: Readonly<Record<string, string>>;
}

const openShop = async ({ api }: System, { name, documents, origin }: Shop): Promise<Site> => {
  const shop = await api.register(name);
  await api.asAdmin(`/domains/${shop.domainId}`, { method: 'PATCH', body: { allowed_origins: [origin] } });
  await shop.untilState('ready');
  await Promise.all(Object.entries(documents).map(([file, content]) => shop.teach(file, content)));
  return shop;
};

const openDemo = async ({ api }: System, file: string): Promise<Site> => {
  await seedDemo({ url: api.url, adminKey, file, origins: [api.url] });
  const { domain_id, api_key, domain_name } = JSON.parse(await readFile(file, 'utf8')) as Record<string, string>;
  const demo = api.site({ domainId: domain_id ?? '', apiKey: api_key ?? '', name: domain_name ?? '' });
  await demo.untilState('ready');
  const events = await demo.events();
  const uploads = (await demo.documents()).length;
  await eventually(() => {
    const ends = events.events().filter(({ data }) => (data as { data: { phase?: string } }).data.phase === 'done');
    return new Set(ends.map(({ data }) => (data as { data: { job_id: string } }).data.job_id)).size >= uploads;
  }, 60_000);
  events.leave();
  return demo;
};
