import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const usualPlaces = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** No sandbox, because containers run as root; nothing that talks to anybody by itself. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts Chromium over a profile of its own, which goes with it. */
export const launchChromium = async (): Promise<Browser> =>
  chromium.launch({ executablePath: findChromium(), args: flags, timeout: 60_000 });

const findChromium = (): string => {
  const given = process.env['CHROMIUM_PATH'] ?? '';
  const found = (given === '' ? usualPlaces : [given]).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error(
    given === ''
      ? `There is no Chromium at ${usualPlaces.join(', ')}: install one, or set CHROMIUM_PATH`
      : `CHROMIUM_PATH says ${given}, but nothing is there`,
  );
};
