import { styleText } from 'node:util';
import { isGradientEmulated, isMemoriEmulated } from './emulated.ts';
import type { LocalSettings } from './settings.ts';

export interface Announced {
  readonly settings: LocalSettings;
  readonly tookMs: number;
  /** Where the bus and the database are, in a few words, and how to have others. */
  readonly bus: string;
  readonly database: string;
  /** Further lines, such as a table of processes. */
  readonly details?: readonly string[];
}

/** The one block that a start prints: where to go, what is real, what is not, and how to change that. */
export const announcement = ({ settings, tookMs, bus, database, details = [] }: Announced): string => {
  const base = `http://localhost:${settings.PORT}`;
  const llm =
    settings.LLM_BASE_URL === undefined
      ? 'answers quote the documents; LLM_BASE_URL has a model write them'
      : `answers written through ${settings.LLM_BASE_URL}`;
  return [
    '',
    `  ${strong('Parley is running')}  ${faint(`ready in ${(tookMs / 1000).toFixed(1)} s`)}`,
    '',
    ...rows([
      ['Start here', link(`${base}/`)],
      ['Demo', `${link(`${base}/static/demo.html`)}  ${faint('a shop with the widget on its page')}`],
      ['Upload', `${link(`${base}/static/knowledge_upload_demo.html`)}  ${faint('teach it something')}`],
      ['API docs', link(`${base}/docs`)],
      ['Admin key', `${settings.ADMIN_API_KEY === testKey ? testKey : 'as set'}  ${faint('ADMIN_API_KEY')}`],
      ['Data', `${settings.DATA_DIR}  ${faint('DATA_DIR; kept over restarts')}`],
    ]),
    '',
    ...rows([
      [
        'Gradient',
        isGradientEmulated(settings)
          ? `emulated  ${faint('DIGITALOCEAN_TOKEN and DIGITALOCEAN_PROJECT_ID use the real one')}`
          : (settings.GRADIENT_BASE_URL ?? 'DigitalOcean'),
      ],
      ...(isGradientEmulated(settings) ? [['', faint(llm)] as const] : []),
      [
        'Memori',
        isMemoriEmulated(settings)
          ? `emulated  ${faint('MEMORI_BASE_URL uses the real one')}`
          : (settings.MEMORI_BASE_URL ?? ''),
      ],
      ['PostgreSQL', database],
      ['Bus', bus],
    ]),
    '',
    ...(details.length === 0 ? [] : [...details.map((line) => `  ${line}`), '']),
    `  ${faint('Ctrl-C stops everything.')}`,
    '',
  ].join('\n');
};

const testKey = 'test_api_key_123';

const rows = (lines: readonly (readonly [string, string])[]): string[] =>
  lines.map(([name, text]) => `  ${strong(name.padEnd(11))} ${text}`);

const isPlain = !process.stdout.isTTY || process.env['NO_COLOR'] !== undefined;
const styled = (style: Parameters<typeof styleText>[0]) => (text: string) => (isPlain ? text : styleText(style, text));
const strong = styled('bold');
export const faint = styled('dim');
const link = styled('cyan');
