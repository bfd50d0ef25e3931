import { appendFile, readFile } from 'node:fs/promises';
import { newSeeds, renderKeys } from './nats/keys.ts';

/** `npm run nats:keys [-- file]`: new keys for every user of the NATS server, both halves, at the end of `.env`. */
const main = async (file = '.env'): Promise<string> => {
  const before = await readFile(file, 'utf8').catch(() => '');
  if (/^NATS_NKEY_\w+=\S/m.test(before)) {
    throw new Error(`${file} has keys already: take its NATS_NKEY lines out first.`);
  }
  await appendFile(file, `${before === '' || before.endsWith('\n') ? '' : '\n'}${renderKeys(newSeeds())}`, {
    mode: 0o600,
  });
  return `Wrote the keys of the NATS users to ${file}.`;
};

try {
  console.log(await main(process.argv[2]));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
