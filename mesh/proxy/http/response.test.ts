import { describe, expect, test } from 'vitest';
import type { ResponseHead } from './head.ts';
import { ResponseParser } from './response.ts';

interface Read {
  head?: ResponseHead;
  body: string;
  ended: boolean;
  rest: string;
  keepAlive: boolean;
}

/** Feeds `parts` and, with `close`, the end of the connection. */
function read(parts: string[], { method = 'GET', close = false } = {}): Read {
  const got: Read = { body: '', ended: false, rest: '', keepAlive: false };
  const parser = new ResponseParser(
    {
      head: (head, last) => {
        got.head = head;
        got.ended = last;
      },
      body: (bytes, last) => {
        got.body += bytes.toString('latin1');
        got.ended ||= last;
      },
      end: () => {
        got.ended = true;
      },
    },
    method,
  );
  for (const part of parts) {
    if (parser.done) got.rest += part;
    else got.rest += parser.push(Buffer.from(part, 'latin1'))?.toString('latin1') ?? '';
  }
  if (close) parser.finish();
  got.keepAlive = parser.keepAlive;
  return got;
}

const SIZED = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello';
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: t\r\n\r\n';

test.each([
  ['with a length', SIZED, 'hello'],
  ['in chunks', CHUNKED, 'hello world'],
  ['after an interim one', `HTTP/1.1 100 Continue\r\n\r\n${SIZED}`, 'hello'],
])('a response %s reads the same wherever it is split', (_, text, body) => {
  for (let at = 0; at <= text.length; at++) {
    expect(read([text.slice(0, at), text.slice(at)])).toMatchObject({ body, ended: true, rest: '', keepAlive: true });
  }
  expect(read(text.split(''))).toMatchObject({ body, ended: true });
});

test('what follows a response is not part of it', () => {
  expect(read([`${SIZED}HTTP/1.1`])).toMatchObject({ body: 'hello', rest: 'HTTP/1.1' });
  expect(read([`${CHUNKED}more`])).toMatchObject({ body: 'hello world', rest: 'more' });
});

test('without a length the body ends with the connection', () => {
  expect(read(['HTTP/1.1 200 OK\r\n\r\nab', 'cd'])).toMatchObject({ body: 'abcd', ended: false, keepAlive: false });
  expect(read(['HTTP/1.1 200 OK\r\n\r\nab', 'cd'], { close: true })).toMatchObject({ body: 'abcd', ended: true });
});

test('HEAD, 204, 304 and 101 have no body whatever their headers say', () => {
  expect(read(['HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n'], { method: 'HEAD' })).toMatchObject({ ended: true, head: { length: 9 } });
  for (const status of [204, 304, 101]) expect(read([`HTTP/1.1 ${status} X\r\n\r\nrest`])).toMatchObject({ ended: true, rest: 'rest' });
});

test('headers of the connection stay behind', () => {
  const { head } = read([
    'HTTP/1.1 200 OK\r\nConnection: close, X-Private\r\nX-Private: 1\r\nKeep-Alive: timeout=7\r\nX-B: 2\r\ncontent-length: 0\r\n\r\n',
  ]);
  expect(head).toMatchObject({ headers: ['X-B', '2', 'content-length', '0'], keepAlive: false, idleSeconds: 7 });
});

describe('is refused:', () => {
  test.each([
    ['no HTTP', 'SSH-2.0-x\r\n\r\n'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\n'],
    ['a signed length', 'HTTP/1.1 200 OK\r\ncontent-length: +1\r\n\r\n'],
    ['another coding', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n'],
    ['a folded header', 'HTTP/1.1 200 OK\r\na: b\r\n c\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\ncontent-length : 1\r\n\r\n'],
    ['a bare newline', 'HTTP/1.1 200 OK\r\na: b\nc: d\r\n\r\n'],
    ['a chunk that is longer than it says', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n'],
    ['a size that is no number', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0x1\r\na\r\n'],
    ['an endless head', `HTTP/1.1 200 OK\r\na: ${'b'.repeat(70_000)}`],
  ])('%s', (_, text) => {
    expect(() => read([text])).toThrow();
  });
  test('an end in the middle', () => {
    expect(() => read([SIZED.slice(0, -1)], { close: true })).toThrow('in the middle');
  });
});
