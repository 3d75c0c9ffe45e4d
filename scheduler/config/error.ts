/** A configuration that can't be served; the message says what and why. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}
