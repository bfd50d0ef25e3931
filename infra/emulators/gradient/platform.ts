import type { BlobFiles } from '../support/blob-files.ts';
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
