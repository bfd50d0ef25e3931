import type { CommandGroup } from './command.ts';
import { dlq } from './groups/dlq.ts';
import { orphans } from './groups/orphans.ts';

/** Every group of commands, as help lists them. */
export const groups: readonly CommandGroup[] = [dlq, orphans];
