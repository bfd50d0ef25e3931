/** Something that whoever asked for a measurement can mend: one message, no stack. */
export class EvalError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EvalError';
  }
}
