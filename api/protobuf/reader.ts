/** Reads the wire format of protocol buffers. Throws `RangeError` for bytes that are not in it. */
export class ProtoReader {
  readonly #bytes: Buffer;
  #at: number;
  readonly #end: number;

  constructor(bytes: Buffer, at = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
  }

  get done(): boolean {
    return this.#at >= this.#end;
  }

  /** A field's number and wire type. */
  tag(): { number: number; wire: number } {
    const tag = this.varint();
    return { number: Number(tag >> 3n), wire: Number(tag & 7n) };
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined || this.#at > this.#end) throw new RangeError('unexpected EOF');
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new RangeError('integer overflow');
  }

  /** A signed number; beyond 2^53 it loses its last digits, as in all JSON that is read here. */
  integer(): number {
    return Number(BigInt.asIntN(64, this.varint()));
  }

  double(): number {
    this.#need(8);
    const value = this.#bytes.readDoubleLE(this.#at);
    this.#at += 8;
    return value;
  }

  bytes(): Buffer {
    const length = Number(this.varint());
    this.#need(length);
    const value = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return value;
  }

  skip(wire: number): void {
    if (wire === 0) this.varint();
    else if (wire === 2) this.bytes();
    else if (wire === 1 || wire === 5) {
      this.#need(wire === 1 ? 8 : 4);
      this.#at += wire === 1 ? 8 : 4;
    } else throw new RangeError(`illegal wireType ${wire}`);
  }

  #need(length: number): void {
    if (length < 0 || this.#at + length > this.#end) throw new RangeError('unexpected EOF');
  }
}
