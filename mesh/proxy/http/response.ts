/**
 * Reads HTTP/1.1 responses off an endpoint's connection. Strict: what can be read in two ways is refused, since a proxy and its client
 * that disagree on where a response ends would hand one client's bytes to another.
 */
import { parseHead, type ResponseHead } from './head.ts';

/** Bytes of a response's head at most. */
const MOST_HEAD = 64 * 1024;
/** Digits of a chunk's size at most: 2^48 bytes. */
const MOST_SIZE = 12;
const EMPTY = Buffer.alloc(0);

export interface ResponseSink {
  /** `last`: no body follows. Interim (1xx) heads other than 101 are not shown. */
  head(head: ResponseHead, last: boolean): void;
  /** `last`: these bytes end the response. */
  body(bytes: Buffer, last: boolean): void;
  /** The response ended without further bytes. */
  end(): void;
}

type State = 'head' | 'length' | 'size' | 'chunk' | 'chunkEnd' | 'trailer' | 'untilClose' | 'done';

export class ResponseParser {
  readonly #sink: ResponseSink;
  readonly #toHead: boolean;
  #state: State = 'head';
  #held: Buffer = EMPTY;
  #left = 0;
  /** Whether the connection can carry another request after this response. */
  keepAlive = true;
  /** Whether any byte has come. */
  begun = false;

  constructor(sink: ResponseSink, method: string) {
    this.#sink = sink;
    this.#toHead = method === 'HEAD';
  }

  get done(): boolean {
    return this.#state === 'done';
  }

  /** Reads what came. Returns the bytes after the response's end (undefined: it has not ended). Throws on what is not HTTP/1.1. */
  push(bytes: Buffer): Buffer | undefined {
    this.begun = true;
    let rest = this.#held.length > 0 ? Buffer.concat([this.#held, bytes]) : bytes;
    this.#held = EMPTY;
    while (!this.done) {
      const next = this.#step(rest);
      if (!next) {
        this.#held = this.#state === 'length' || this.#state === 'chunk' || this.#state === 'untilClose' ? EMPTY : rest;
        return undefined;
      }
      rest = next;
    }
    return rest;
  }

  /** The endpoint closed its side. Throws when it did so in the middle. */
  finish(): void {
    if (this.#state === 'untilClose') {
      this.#state = 'done';
      this.#sink.end();
    } else if (this.#state !== 'done') throw new Error('the endpoint closed the connection in the middle of its response');
  }

  /** Takes one element off the front; undefined when it has not come whole. */
  #step(bytes: Buffer): Buffer | undefined {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes);
      case 'length':
        return this.#readLength(bytes);
      case 'size':
        return this.#readSize(bytes);
      case 'chunk':
        return this.#readChunk(bytes);
      case 'chunkEnd':
        return this.#readChunkEnd(bytes);
      case 'trailer':
        return this.#readTrailer(bytes);
      default:
        if (bytes.length > 0) this.#sink.body(bytes, false);
        return undefined;
    }
  }

  #readHead(bytes: Buffer): Buffer | undefined {
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0 ? bytes.length > MOST_HEAD : end > MOST_HEAD) throw new Error("the response's head is too long");
    if (end < 0) return undefined;
    const head = parseHead(bytes.toString('latin1', 0, end));
    const rest = bytes.subarray(end + 4);
    if (head.status < 200 && head.status !== 101) return rest;
    this.#begin(head);
    return rest;
  }

  #begin(head: ResponseHead): void {
    this.keepAlive = head.keepAlive;
    const bodyless = this.#toHead || head.status === 101 || head.status === 204 || head.status === 304 || head.length === 0;
    if (bodyless) this.#state = 'done';
    else if (head.chunked) this.#state = 'size';
    else if (head.length !== undefined) this.#state = 'length';
    else this.#state = 'untilClose';
    this.#left = head.length ?? 0;
    if (this.#state === 'untilClose') this.keepAlive = false;
    this.#sink.head(head, this.#state === 'done');
  }

  #readLength(bytes: Buffer): Buffer | undefined {
    if (bytes.length === 0) return undefined;
    const part = bytes.length > this.#left ? bytes.subarray(0, this.#left) : bytes;
    this.#left -= part.length;
    if (this.#left === 0) this.#state = 'done';
    this.#sink.body(part, this.#left === 0);
    return bytes.subarray(part.length);
  }

  #readSize(bytes: Buffer): Buffer | undefined {
    const end = bytes.indexOf('\r\n');
    if (end < 0 ? bytes.length > MOST_HEAD : end > MOST_HEAD) throw new Error("a chunk's size is too long");
    if (end < 0) return undefined;
    const digits = /^([0-9a-fA-F]+)[ \t]*(?:;[^\r\n]*)?$/.exec(bytes.toString('latin1', 0, end))?.[1];
    if (!digits || digits.length > MOST_SIZE) throw new Error("a chunk's size is malformed");
    this.#left = Number.parseInt(digits, 16);
    this.#state = this.#left === 0 ? 'trailer' : 'chunk';
    return bytes.subarray(end + 2);
  }

  #readChunk(bytes: Buffer): Buffer | undefined {
    if (bytes.length === 0) return undefined;
    const part = bytes.length > this.#left ? bytes.subarray(0, this.#left) : bytes;
    this.#left -= part.length;
    if (this.#left === 0) this.#state = 'chunkEnd';
    this.#sink.body(part, false);
    return bytes.subarray(part.length);
  }

  #readChunkEnd(bytes: Buffer): Buffer | undefined {
    if (bytes.length < 2) return undefined;
    if (bytes[0] !== 13 || bytes[1] !== 10) throw new Error('a chunk does not end where it says');
    this.#state = 'size';
    return bytes.subarray(2);
  }

  /** Trailers are read and dropped, line by line up to the empty one. */
  #readTrailer(bytes: Buffer): Buffer | undefined {
    const end = bytes.indexOf('\r\n');
    if (end < 0 ? bytes.length > MOST_HEAD : end > MOST_HEAD) throw new Error('a trailer is too long');
    if (end < 0) return undefined;
    if (end > 0) return bytes.subarray(end + 2);
    this.#state = 'done';
    this.#sink.end();
    return bytes.subarray(2);
  }
}
