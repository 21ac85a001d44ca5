/** Who asks: the value of the Authorization header. */
export interface Authorization {
  /** @throws SettingsError, UnavailableError where it has to be asked for */
  header(signal: AbortSignal): Promise<string>;
  /** The service does not take this header. True where another one can be had, which `header` gives from now on. */
  discard(header: string): boolean;
}
