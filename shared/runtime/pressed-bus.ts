import type { Bus } from '../bus/port.ts';
import type { Pressure } from './pressure.ts';

/** The bus, with all but operators' questions refused as `overloaded` at the door while this process has too much to bear. */
export const refuseUnderPressure = (bus: Bus, pressure: Pressure): Bus => ({
  ...bus,
  answer: (contract, handler) =>
    bus.answer(contract, async (input, call) => {
      if (!contract.isOperational) pressure.admit();
      return handler(input, call);
    }),
  answerStream: (contract, handler) =>
    bus.answerStream(contract, (input, call) => {
      pressure.admit();
      return handler(input, call);
    }),
});
