import type { AdminClient } from './client.ts';

/** What a command was given beside its name. */
export interface CommandInput {
  /** What stands without dashes, such as ids. */
  readonly words: readonly string[];
  /** `--name value`. */
  readonly options: ReadonlyMap<string, string>;
  /** `--name`. */
  readonly flags: ReadonlySet<string>;
}

/** What a command prints. */
export interface CommandResult {
  /** For people. */
  readonly text: string;
  /** For programs: what `--json` prints. */
  readonly json: unknown;
  /** False when not all of what was asked for was done: exit code 1. */
  readonly isDone: boolean;
}

export interface Command {
  readonly name: string;
  /** After the name, as help shows it: `<id>… | --all`. */
  readonly usage: string;
  readonly summary: string;
  readonly options?: readonly string[];
  readonly flags?: readonly string[];
  readonly run: (client: AdminClient, input: CommandInput) => Promise<CommandResult>;
}

/** Commands about one thing; one file in `groups/` each, listed in `groups.ts`. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly Command[];
}

/** Something the operator can act on: one message, no stack. */
export class AdminError extends Error {
  /** The command itself was not understood. */
  readonly isUsage: boolean;

  constructor(message: string, { isUsage = false } = {}) {
    super(message);
    this.name = 'AdminError';
    this.isUsage = isUsage;
  }
}
