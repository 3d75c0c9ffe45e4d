/** Decoders of single values, with the messages of the Go types that read them. */
import type { Schema } from '../../types/kinds/kind.ts';
import { canonicalQuantity, QuantityError } from '../../types/quantity.ts';
import { type Decode, DROP, goKind } from './decode-context.ts';
import { canonicalTime } from './go-time.ts';
import { goType } from './go-type.ts';

export function decodeString(type: string): Decode {
  return (value, context) => {
    if (typeof value === 'string') return value;
    return value === null ? DROP : context.wrongType(value, type);
  };
}

export function decodeBoolean(type: string): Decode {
  return (value, context) => {
    if (typeof value === 'boolean') return value;
    return value === null ? DROP : context.wrongType(value, type);
  };
}

export function decodeNumber(type: string): Decode {
  return (value, context) => {
    if (typeof value === 'number') return value;
    return value === null ? DROP : context.wrongType(value, type);
  };
}

export function decodeInteger(schema: Schema): Decode {
  const type = goType(schema);
  const limit = schema.format === 'int32' ? 2 ** 31 : 2 ** 63;
  return (value, context) => {
    if (typeof value !== 'number') return value === null ? DROP : context.wrongType(value, type);
    if (Number.isInteger(value) && value < limit && value >= -limit) return value;
    return context.cannotUnmarshal(`number ${value}`, type);
  };
}

export const decodeBytes: Decode = (value, context) => {
  if (typeof value !== 'string') return value === null ? DROP : context.wrongType(value, '[]uint8');
  const text = value.replace(/[\r\n]/g, '');
  const wrong = firstWrongBase64(text);
  if (wrong >= 0) {
    context.fault ??= `illegal base64 data at input byte ${wrong}`;
    return DROP;
  }
  return text;
};

/** The index at which encoding/base64 gives up, or -1. */
function firstWrongBase64(text: string): number {
  const bad = /[^A-Za-z0-9+/]/.exec(text);
  const length = bad ? bad.index : text.length;
  if (!bad) return length % 4 === 0 ? -1 : length;
  const rest = text.slice(length);
  if (length % 4 >= 2 && rest === '='.repeat(4 - (length % 4))) return -1;
  return length;
}

export const decodeQuantity: Decode = (value, context) => {
  if (value === null) return DROP;
  try {
    return canonicalQuantity(typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value));
  } catch (error) {
    if (error instanceof QuantityError) return context.abort(error.message);
    throw error;
  }
};

export const decodeIntOrString: Decode = (value, context) => {
  if (typeof value === 'string') return value;
  if (value === null) return DROP;
  if (typeof value !== 'number') return context.cannotUnmarshal(goKind(value), 'int32');
  if (Number.isInteger(value) && Math.abs(value) <= 2 ** 31) return value;
  return context.cannotUnmarshal(`number ${value}`, 'int32');
};

/** metav1.Time keeps whole seconds, metav1.MicroTime microseconds; both are written in UTC. */
export function decodeTime(micro: boolean): Decode {
  return (value, context) => {
    if (value === null) return DROP;
    if (typeof value !== 'string') return context.cannotUnmarshal(goKind(value), 'string');
    const time = canonicalTime(value, micro);
    return time.ok ? time.text : context.abort(time.fault);
  };
}
