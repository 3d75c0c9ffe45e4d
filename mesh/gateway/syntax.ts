/** What may stand in an HTTP message's head; checked on both sides of the push, since a bad value would corrupt the stream. */

/** A token (RFC 9110, 5.6.2), as methods and header names are. */
export function isToken(text: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text);
}

/** Visible Latin-1, space and tab (RFC 9110, 5.5): anything else could break out of its line. */
export function isFieldValue(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}

/** What may be put into a request's target or a Location as it is. */
export function isTarget(text: string): boolean {
  return /^[\x21-\x7e]*$/.test(text);
}

export function isHostname(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(text);
}

/** Headers that frame the message or belong to one connection: an edit of them would corrupt the stream. */
const FRAMING = new Set(['connection', 'content-length', 'host', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

export function isFraming(header: string): boolean {
  return FRAMING.has(header.toLowerCase());
}
