/** The head of a response: its status, its headers as they came, and what they say of the body's length. */

export interface ResponseHead {
  status: number;
  reason: string;
  /** Name, value, name, value…, without those that belong to the connection to the endpoint. */
  headers: string[];
  /** Of the body; undefined when it is chunked or ends with the connection. */
  length: number | undefined;
  chunked: boolean;
  keepAlive: boolean;
  /** Seconds after which the endpoint closes an idle connection, as it says in Keep-Alive. */
  idleSeconds: number | undefined;
  /** The protocol that the endpoint switches to, with status 101. */
  upgrade: string | undefined;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9][0-9]{2})(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/;

/** Headers that hold for one connection only (RFC 9110, 7.6.1). */
export const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/** `text` is the head without its empty line. Throws on anything that RFC 9112 does not allow. */
export function parseHead(text: string): ResponseHead {
  const lines = text.split('\r\n');
  const status = STATUS_LINE.exec(lines[0] ?? '');
  if (!status) throw new Error('the endpoint does not answer in HTTP/1.1');
  const head: ResponseHead = {
    status: Number(status[2]),
    reason: status[3] ?? '',
    headers: [],
    length: undefined,
    chunked: false,
    keepAlive: status[1] === '1',
    idleSeconds: undefined,
    upgrade: undefined,
  };
  let named: string | undefined;
  for (let i = 1; i < lines.length; i++) {
    const line = LINE.exec(lines[i] as string);
    if (!line) throw new Error('a header of the response is malformed');
    const connection = readHeader(head, line[1] as string, (line[2] as string).trimEnd());
    if (connection) named = named ? `${named},${connection}` : connection;
  }
  if (head.chunked && head.length !== undefined) throw new Error('the response has both a length and chunks');
  if (named) applyConnection(head, named);
  return head;
}

/** Takes one header in; returns the value when it is Connection. */
function readHeader(head: ResponseHead, name: string, value: string): string | undefined {
  const lower = name.toLowerCase();
  if (lower === 'content-length') readLength(head, value);
  else if (HOP_BY_HOP.has(lower)) {
    if (lower === 'connection') return value;
    if (lower === 'transfer-encoding') readEncoding(head, value);
    else if (lower === 'keep-alive') head.idleSeconds = Number(/timeout=(\d+)/i.exec(value)?.[1] ?? Number.NaN) || undefined;
    else if (lower === 'upgrade') head.upgrade = value;
    return undefined;
  }
  head.headers.push(name, value);
  return undefined;
}

function readLength(head: ResponseHead, value: string): void {
  if (!/^[0-9]{1,15}$/.test(value)) throw new Error("the response's Content-Length is malformed");
  if (head.length !== undefined) throw new Error('the response has two Content-Length headers');
  head.length = Number(value);
}

function readEncoding(head: ResponseHead, value: string): void {
  if (head.chunked || value.toLowerCase() !== 'chunked') throw new Error(`Transfer-Encoding ${value} is not supported`);
  head.chunked = true;
}

/** Connection: close or keep-alive, and the names of further headers that end here. */
function applyConnection(head: ResponseHead, value: string): void {
  const named = value
    .toLowerCase()
    .split(',')
    .map((token) => token.trim());
  if (named.includes('close')) head.keepAlive = false;
  else if (named.includes('keep-alive')) head.keepAlive = true;
  const extra = named.filter((token) => token !== 'close' && token !== 'keep-alive' && !HOP_BY_HOP.has(token));
  if (extra.length === 0) return;
  const kept: string[] = [];
  for (let i = 0; i < head.headers.length; i += 2) {
    const name = head.headers[i] as string;
    if (!extra.includes(name.toLowerCase())) kept.push(name, head.headers[i + 1] as string);
  }
  head.headers = kept;
}
