import type { Envelope } from '../contracts/message.ts';

/** A durable message that its consumer will not get again from the bus, with the reason. */
export interface DeadLetter {
  /** As it came in. */
  readonly subject: string;
  /** Undefined when the text is no envelope, or that of another message. */
  readonly envelope: Envelope | undefined;
  readonly text: string;
  readonly reason: string;
  /** Deliveries so far, as far as the bus remembers. */
  readonly attempts: number;
}

/** Stores a dead letter for an operator. The bus lets go of the message only when it resolves. */
export type Bury = (letter: DeadLetter) => Promise<void>;
