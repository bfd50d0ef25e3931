import type { Scenario } from '../scenario.ts';
import { registrations } from './f01-registrations.ts';
import { stepMatrix } from './f02-step-matrix.ts';

/** All that there are, in the order of their numbers. */
export const scenarios: readonly Scenario[] = [registrations, stepMatrix];
