/** A request to the simulator makes no sense. The text says what would. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
}

/** The query is not one that the service understands, or is beyond its limits; answered with 400. */
export class BadQueryError extends Error {
  override readonly name = 'BadQueryError';
}
