/** Something about this machine or its settings that a person has to change; the message is one line that says what. */
export class LocalError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LocalError';
  }
}
