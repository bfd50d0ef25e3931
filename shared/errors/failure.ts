import { codes, isCode, type Code } from './codes.ts';

/** One field of the request that is wrong, in words the caller can act on. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

interface FailureOptions {
  /** For the caller, in words; never a secret, an upstream's text or a stack. */
  readonly detail?: string;
  /** Earliest useful moment to try again, milliseconds from now. */
  readonly retryAfterMs?: number;
  readonly errors?: readonly FieldError[];
  /** Extra members of the problem document, such as `existing_domain`. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** For the log only. */
  readonly cause?: unknown;
}

/** What travels over the bus when a handler refuses. */
export interface WireFailure {
  readonly code: string;
  readonly detail?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly errors?: readonly FieldError[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** The one error class: a closed code, words for the caller, a cause for the log. */
export class Failure extends Error {
  readonly code: Code;
  readonly detail: string;
  readonly retryAfterMs: number | undefined;
  readonly errors: readonly FieldError[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;

  constructor(code: Code, options: FailureOptions = {}) {
    const detail = options.detail ?? codes[code].title;
    super(`${code}: ${detail}`, { cause: options.cause });
    this.name = 'Failure';
    this.code = code;
    this.detail = detail;
    this.retryAfterMs = options.retryAfterMs;
    this.errors = options.errors;
    this.extensions = options.extensions;
  }

  get status(): number {
    return codes[this.code].status;
  }

  get retryable(): boolean {
    return codes[this.code].retryable;
  }

  toWire(): WireFailure {
    const { code, detail, retryAfterMs, errors, extensions } = this;
    return { code, detail, retryAfterMs, errors, extensions };
  }

  /** Rebuilds what `toWire` sent; a code this version does not know becomes `internal`. */
  static fromWire(wire: WireFailure): Failure {
    const code = isCode(wire.code) ? wire.code : 'internal';
    return new Failure(code, {
      ...(wire.detail === undefined ? {} : { detail: wire.detail }),
      ...(wire.retryAfterMs === undefined ? {} : { retryAfterMs: wire.retryAfterMs }),
      ...(wire.errors === undefined ? {} : { errors: wire.errors }),
      ...(wire.extensions === undefined ? {} : { extensions: wire.extensions }),
    });
  }
}

/** Any thrown value as a Failure: itself, or `internal` with the value as its cause. */
export const toFailure = (thrown: unknown): Failure =>
  thrown instanceof Failure ? thrown : new Failure('internal', { cause: thrown });
