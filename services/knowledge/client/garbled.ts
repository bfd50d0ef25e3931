import { Failure } from '../../../shared/errors/failure.ts';

/** A success that lacks what was asked for: what happened is not known. */
export const garbled = (what: string): Failure =>
  new Failure('cloud_unavailable', { cause: new Error(`no ${what} in the answer`) });
