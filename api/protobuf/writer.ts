/** Writes the wire format of protocol buffers. What is absent or empty is left out. */
export class ProtoWriter {
  readonly #parts: Buffer[] = [];

  text(number: number, value: string | undefined): this {
    return value ? this.bytes(number, Buffer.from(value)) : this;
  }

  texts(number: number, values: readonly string[] | undefined): this {
    for (const value of values ?? []) this.bytes(number, Buffer.from(value));
    return this;
  }

  flag(number: number, value: boolean | undefined): this {
    if (value) this.#parts.push(Buffer.from([...varint(number << 3), 1]));
    return this;
  }

  whole(number: number, value: number | undefined): this {
    if (value) this.#parts.push(Buffer.from([...varint(number << 3), ...varint(value)]));
    return this;
  }

  double(number: number, value: number | undefined): this {
    if (value === undefined) return this;
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    this.#parts.push(Buffer.from(varint((number << 3) | 1)), bytes);
    return this;
  }

  message(number: number, value: ProtoWriter | undefined): this {
    return value ? this.bytes(number, value.finish()) : this;
  }

  bytes(number: number, value: Buffer): this {
    this.#parts.push(Buffer.from([...varint((number << 3) | 2), ...varint(value.length)]), value);
    return this;
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}
