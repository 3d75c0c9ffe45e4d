/** The messages of Kubernetes' protobuf form, read from the table when first needed (`types/facts/derive-protobuf.ts` says how it is written). */
import { readFileSync } from 'node:fs';

export interface MessageField {
  name: string;
  /** A scalar's name, or a message's number. */
  type: string | number;
  /** `inline`: the message's fields are the parent's own in JSON. */
  shape: 'one' | 'many' | 'map' | 'inline';
}

export interface Message {
  name: string;
  fields: ReadonlyMap<number, MessageField>;
}

export interface Messages {
  named(name: string): Message | undefined;
  numbered(number: number): Message;
}

const SHAPES: Record<string, MessageField['shape']> = { '*': 'many', '%': 'map', '^': 'inline' };

export function readMessages(): Messages {
  const text = readFileSync(new URL('../../types/facts/protobuf-1.36.json', import.meta.url), 'utf8');
  const { names, fields } = JSON.parse(text) as { names: string[]; fields: string[] };
  const known = new Map<number, Message>();
  const numbers = new Map(names.map((name, i) => [name, i]));
  const numbered = (number: number): Message => {
    let message = known.get(number);
    if (!message) {
      message = { name: names[number] ?? '', fields: new Map(readFields(fields[number] ?? '')) };
      known.set(number, message);
    }
    return message;
  };
  return {
    numbered,
    named: (name) => {
      const number = numbers.get(name);
      return number === undefined ? undefined : numbered(number);
    },
  };
}

function readFields(text: string): [number, MessageField][] {
  if (text === '') return [];
  return text.split(',').map((field) => {
    const [number = '', name = '', marked = ''] = field.split(' ');
    const shape = SHAPES[marked.charAt(0)] ?? 'one';
    const type = shape === 'one' ? marked : marked.slice(1);
    return [Number(number), { name, shape, type: /^\d+$/.test(type) ? Number(type) : type }];
  });
}
