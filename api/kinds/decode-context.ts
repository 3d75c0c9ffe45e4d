/** What a decoder carries with it down an object: where it is, and what it has found wrong so far. */
import type { Json } from '../../types/kinds/kind.ts';

export type JsonObject = Record<string, Json>;

/** Returned instead of a value: the field is as if it had not been there. */
export const DROP = Symbol('drop') as unknown as null;

/** Returns the value itself, or what stands for it in canonical form. Objects and arrays are changed in place. */
export type Decode = (value: Json, context: DecodeContext) => Json;

/** Ends the decoding at once: Go's decoder goes on after a wrong type, but not after a type's own parser refused. */
export class DecodeAborted extends Error {
  override name = 'DecodeAborted';
}

export class DecodeContext {
  /** Field names, indexes, and keys of maps (those begin with a NUL). */
  readonly path: (string | number)[] = [];
  /** The innermost Go struct. */
  struct = '';
  /** The first wrong type, as encoding/json words it. */
  fault: string | undefined;
  /** Paths of unknown fields, in the order of the document. */
  readonly unknown: string[] = [];

  unknownField(name: string): void {
    let text = '';
    for (const step of this.path) {
      if (typeof step === 'number') text += `[${step}]`;
      else text += `${text === '' ? '' : '.'}${step.startsWith('\0') ? step.slice(1) : step}`;
    }
    this.unknown.push(text === '' ? name : `${text}.${name}`);
  }

  /** `value` can't become a Go `type`. */
  wrongType(value: Json, type: string): Json {
    return this.cannotUnmarshal(goKind(value), type);
  }

  cannotUnmarshal(what: string, type: string): Json {
    this.fault ??= `json: cannot unmarshal ${what} into Go ${this.where()} of type ${type}`;
    return DROP;
  }

  private where(): string {
    const fields = this.path.filter((step) => typeof step === 'string' && !step.startsWith('\0'));
    return fields.length > 0 ? `struct field ${this.struct}.${fields.join('.')}` : 'value';
  }

  abort(message: string): never {
    this.fault = message;
    throw new DecodeAborted(message);
  }
}

/** encoding/json's words for what a JSON value is. */
export function goKind(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
