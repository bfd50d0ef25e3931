/**
 * Takes the README's picture of a running `npm start`, some time after its first start:
 *
 *   npx tsx tests/browser/screenshots.ts http://localhost:8000
 */
import { launchChromium } from './chromium.ts';
import { widgetOn } from './widget-page.ts';

const address = process.argv[2] ?? 'http://localhost:8000';
const browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, reducedMotion: 'reduce' });
await page.goto(`${address}/static/demo.html`);
await page.getByText('The agent is ready').waitFor();
const widget = widgetOn(page);
await widget.panel.waitFor();
await widget.field.fill('How much is express delivery?');
await widget.field.press('Enter');
await widget.answers.locator('.chip').first().click();
await page.locator('#timeline li', { hasText: 'QuestionAnswered' }).first().waitFor();
await page.locator('#services .is-lit').nth(3).waitFor();
await page.screenshot({ path: 'docs/images/demo.png' });
await browser.close();
