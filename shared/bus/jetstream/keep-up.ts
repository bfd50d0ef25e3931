import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import { ConfigError } from '../../runtime/config.ts';
import { TermsError } from './terms.ts';

/** Something on the server that is made, and made again, until it is there. */
export interface KeptUp {
  /** One try; those that ask while it runs share it. */
  readonly ensure: () => Promise<void>;
  /** Until it is there or `goesOn` says no; a ConfigError is thrown at once, since it does not mend itself. */
  readonly ensureWhile: (goesOn: () => boolean) => Promise<void>;
  /** What the last try failed of. */
  readonly trouble: () => string | undefined;
}

const retryMs = 500;

export const keepUp = (
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  make: () => Promise<void>,
): KeptUp => {
  let trouble: string | undefined;
  let underWay: Promise<void> | undefined;
  const attempt = async (): Promise<void> => {
    try {
      await make();
      trouble = undefined;
    } catch (thrown) {
      // A newer release has changed the terms while we run: it did so knowing us, and will take our place.
      trouble = thrown instanceof TermsError ? undefined : `streams not there: ${String(thrown)}`;
      throw thrown;
    }
  };
  const ensure = (): Promise<void> => (underWay ??= attempt().finally(() => (underWay = undefined)));
  return {
    ensure,
    ensureWhile: async (goesOn) => {
      for (;;) {
        try {
          await ensure();
          return;
        } catch (thrown) {
          if (thrown instanceof ConfigError || !goesOn()) throw thrown;
          logger.warn({ err: thrown }, 'streams not there yet');
          await clock.sleep(retryMs);
        }
      }
    },
    trouble: () => trouble,
  };
};
