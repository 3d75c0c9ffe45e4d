/** What a simulation was given can't be used; the message says where and why. */
export class InputError extends Error {
  override name = 'InputError';
}
