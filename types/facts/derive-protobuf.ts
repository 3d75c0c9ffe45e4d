/**
 * Derives `protobuf-1.36.json` (which field of which message has which number) from the recorded field numbers of a real server and from the
 * table of facts. Run by hand for a new version of Kubernetes: `node types/facts/derive-protobuf.ts RECORDED.json`.
 *
 * A message is one text, `number name type` for each field, separated by commas. A type is a scalar or the number of a message in the list;
 * `*` before it: repeated; `%`: a map by string; `^`: the message's fields are written as the parent's own in JSON.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Facts, readFacts } from './facts.ts';

interface RecordedField {
  number: number;
  type: string;
  repeated?: boolean;
}
type Recorded = Record<string, Record<string, RecordedField>>;

const SCALARS = new Set(['string', 'int32', 'int64', 'bool', 'bytes', 'double']);
const EXTRA = [
  'k8s.io.apimachinery.pkg.apis.meta.v1.DeleteOptions',
  'k8s.io.api.autoscaling.v1.Scale',
  'k8s.io.api.authentication.v1.TokenRequest',
  'k8s.io.api.policy.v1.Eviction',
];

function derive(recorded: Recorded, facts: Facts): { names: string[]; fields: string[] } {
  const names: string[] = [];
  const fields: string[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (name: string): number => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    const number = names.length;
    numbers.set(name, number);
    names.push(name);
    fields.push('');
    fields[number] = messageText(name, recorded, facts, numberOf);
    return number;
  };
  for (const kind of facts.kinds) {
    for (const name of [messageOf(kind.schema), messageOf(kind.schema.replace(/[^.]*$/, kind.kind))]) if (recorded[name]) numberOf(name);
  }
  for (const name of EXTRA) numberOf(name);
  return { names, fields };
}

/** `io.k8s.api.core.v1.Pod` is the message `k8s.io.api.core.v1.Pod`. */
const messageOf = (definition: string) => definition.replace(/^io\.k8s\./, 'k8s.io.');
const definitionOf = (message: string) => message.replace(/^k8s\.io\./, 'io.k8s.');

function messageText(name: string, recorded: Recorded, facts: Facts, numberOf: (name: string) => number): string {
  const properties = Object.keys(facts.definitions[definitionOf(name)]?.properties ?? {});
  const texts = Object.entries(recorded[name] ?? {}).map(([field, { number, type, repeated }]) => {
    const map = /^map<string,(.*)>$/.exec(type);
    const bare = map?.[1] ?? type;
    const isMessage = !SCALARS.has(bare);
    const shown = isMessage ? String(numberOf(resolve(bare, name, recorded))) : bare;
    const json = jsonName(field, properties);
    const inline = isMessage && !map && !repeated && json === undefined && properties.length > 0;
    const mark = map ? '%' : repeated ? '*' : inline ? '^' : '';
    return `${number} ${json ?? field} ${mark}${shown}`;
  });
  return texts.join(',');
}

/** Names without a package are of the message's own. */
function resolve(type: string, from: string, recorded: Recorded): string {
  const name = type.replace(/^\./, '');
  const own = `${from.slice(0, from.lastIndexOf('.') + 1)}${name}`;
  if (recorded[own]) return own;
  if (recorded[name]) return name;
  throw new Error(`no message ${type}, of ${from}`);
}

const plain = (text: string) => text.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
const jsonName = (field: string, properties: string[]) =>
  properties.find((p) => p === field) ?? properties.find((p) => plain(p) === plain(field));

const [, , file] = process.argv;
if (!file) throw new Error('usage: node types/facts/derive-protobuf.ts RECORDED.json');
const table = derive(JSON.parse(readFileSync(file, 'utf8')), readFacts());
writeFileSync(new URL('./protobuf-1.36.json', import.meta.url), `${JSON.stringify(table)}\n`);
