/** Somebody asked the simulator for something that makes no sense; the text says what would. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
}
