import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Environment } from '../../shared/runtime/config.ts';
import { createAdminClient } from './client.ts';
import { AdminError, type Command, type CommandGroup, type CommandInput } from './command.ts';
import { groups } from './groups.ts';
import { loadAdminSettings } from './settings.ts';
import { columns } from './table.ts';

interface Printed {
  readonly text: string;
  readonly isDone: boolean;
}

/** Runs what `npm run admin -- …` was given and tells what to print. Throws an AdminError for what it cannot do. */
export const runAdmin = async (given: readonly string[], environment: Environment): Promise<Printed> => {
  const [groupName, commandName, ...rest] = given;
  if (groupName === undefined || given.includes('--help')) return { text: help(groupName), isDone: true };
  const group = groups.find(({ name }) => name === groupName);
  const command = group?.commands.find(({ name }) => name === commandName);
  if (command === undefined) throw new AdminError(help(groupName), { isUsage: true });
  const { isJson, input } = parse(command, rest);
  const { PARLEY_URL: url, ADMIN_API_KEY: key } = loadAdminSettings(environment);
  const { text, json, isDone } = await command.run(createAdminClient({ url, key }), input);
  return { text: isJson ? JSON.stringify(json, undefined, 2) : text, isDone };
};

const parse = (command: Command, given: readonly string[]): { isJson: boolean; input: CommandInput } => {
  const { options = [], flags = [] } = command;
  try {
    const known: NonNullable<ParseArgsConfig['options']> = { json: { type: 'boolean' } };
    for (const name of options) known[name] = { type: 'string' };
    for (const name of flags) known[name] = { type: 'boolean' };
    const { values, positionals } = parseArgs({ args: [...given], allowPositionals: true, options: known });
    const entries = Object.entries(values);
    return {
      isJson: values['json'] === true,
      input: {
        words: positionals,
        options: new Map(entries.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []))),
        flags: new Set(entries.flatMap(([name, value]) => (value === true ? [name] : []))),
      },
    };
  } catch (thrown) {
    throw new AdminError(`${thrown instanceof Error ? thrown.message : String(thrown)}\n\n${usageOf(command)}`, {
      isUsage: true,
    });
  }
};

/** What there is: of one group when it is named, else of all. */
const help = (groupName: string | undefined): string => {
  const named = groups.filter(({ name }) => name === groupName);
  const shown = named.length === 0 ? groups : named;
  return [
    'Usage: npm run admin -- <group> <command> [--json]',
    'Speaks to the gateway at PARLEY_URL (http://127.0.0.1:8000) with ADMIN_API_KEY.',
    ...shown.map(helpOf),
  ].join('\n\n');
};

const helpOf = ({ name, summary, commands }: CommandGroup): string => {
  const rows = commands.map((command) => [`  ${name} ${usageOf(command)}`, command.summary]);
  return `${name}: ${summary}\n${columns(rows)}`;
};

const usageOf = ({ name, usage }: Command): string => `${name} ${usage}`.trimEnd();
