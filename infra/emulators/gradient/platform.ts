import type { BlobFiles } from '../support/blob-files.ts';
import type { Effects } from '../support/effects.ts';
import type { Journal } from '../support/journal.ts';
import type { Knowledge } from './knowledge.ts';
import type { Settings } from './settings.ts';
import type { State } from './state.ts';

/** Everything that the emulator's routes share. */
export interface Platform {
  readonly state: State;
  /** Call after each change of the state. */
  readonly changed: () => void;
  readonly settings: () => Settings;
  readonly journal: Journal;
  readonly effects: Effects;
  /** A list as it is told now, given its address and true rows; lags behind when the settings say so. */
  readonly listed: (list: string, rows: readonly unknown[], staleMs: number) => readonly unknown[];
  readonly blobs: BlobFiles;
  readonly knowledge: Knowledge;
  /** How callers reach the emulator, when not by the address they name in their requests. */
  readonly publicUrl: string | undefined;
  readonly llm: LlmSettings | undefined;
  readonly expectedToken: string | undefined;
}

/** Any OpenAI-compatible endpoint that writes the answers instead of the extractive engine. */
export interface LlmSettings {
  readonly baseUrl: string;
  readonly apiKey?: string;
  readonly model?: string;
}
