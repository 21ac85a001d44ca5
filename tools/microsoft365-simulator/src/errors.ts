/** Somebody asked the simulator for something that makes no sense; the text says what would. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
}

/** The query is not one that the service understands, or is beyond its limits; answered with 400. */
export class BadQueryError extends Error {
  override readonly name = 'BadQueryError';
}
