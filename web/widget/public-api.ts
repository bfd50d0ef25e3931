import type { Settings } from './config.ts';

/** What a page's own scripts may call. Every function may be called at any time, in any order. */
export interface PublicApi {
  readonly init: (options?: Settings) => void;
  readonly open: () => void;
  readonly close: () => void;
  readonly newSession: () => void;
  readonly destroy: () => void;
  /** Opens the panel and asks; without a text, what is in the field. */
  readonly sendMessage: (text?: string) => void;
}

declare global {
  interface Window {
    CustomerSupportWidget?: PublicApi;
    CustomerSupportWidgetConfig?: unknown;
  }
}
