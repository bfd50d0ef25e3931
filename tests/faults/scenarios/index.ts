import type { Scenario } from '../scenario.ts';
import { registrations } from './f01-registrations.ts';
import { stepMatrix } from './f02-step-matrix.ts';
import { chat } from './f03-chat.ts';
import { natsAway } from './f04-nats-away.ts';
import { postgresAway } from './f05-postgres-away.ts';
import { hostileCloud } from './f06-hostile-cloud.ts';
import { paused } from './f07-paused.ts';
import { slowClients } from './f08-slow-clients.ts';
import { poison } from './f09-poison.ts';
import { rollingRestart } from './f10-rolling-restart.ts';
import { overload } from './f11-overload.ts';
import { order } from './f12-order.ts';
import { soak } from './f13-soak.ts';
import { simulation } from './f14-simulation.ts';

/** All that there are, in the order of their numbers. */
export const scenarios: readonly Scenario[] = [
  registrations,
  stepMatrix,
  chat,
  natsAway,
  postgresAway,
  hostileCloud,
  paused,
  slowClients,
  poison,
  rollingRestart,
  overload,
  order,
  soak,
  simulation,
];
