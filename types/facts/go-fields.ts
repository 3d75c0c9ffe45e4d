/**
 * What Go knows of a field and OpenAPI does not say: whether it is a pointer (an explicit zero is kept), whether it is written even when
 * it is empty, and its type's name (which decode errors mention). Read out of the declarations of k8s.io's Go modules.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface GoField {
  /** As encoding/json names it in errors: `int32`, `v1.Protocol`, `map[string]string`. Without the pointer's star. */
  type: string;
  pointer: boolean;
  /** Written even when empty: neither omitempty (which does nothing for a struct) nor omitzero. */
  always: boolean;
}

type Struct = Map<string, GoField | { embedded: string }>;

export interface GoPackages {
  /** The fields of a definition by JSON name, embedded structs flattened. Undefined when there is no such struct. */
  fields(definition: string): Map<string, GoField> | undefined;
}

const PLAIN = /^(string|bool|u?int\d*|float\d+|byte)$/;

export function readGoPackages(root: string): GoPackages {
  const packages = new Map<string, Map<string, Struct>>();
  const packageOf = (path: string) => {
    let found = packages.get(path);
    if (!found) {
      found = readPackage(join(root, path));
      packages.set(path, found);
    }
    return found;
  };
  const flatten = (path: string, name: string, into: Map<string, GoField>) => {
    for (const [key, field] of packageOf(path).get(name) ?? []) {
      if ('embedded' in field) flatten(path, field.embedded, into);
      else into.set(key, field);
    }
  };
  return {
    fields(definition) {
      const parts = definition.split('.');
      const name = parts.pop() ?? '';
      const path = parts.slice(2).join('/');
      if (!packageOf(path).has(name)) return undefined;
      const fields = new Map<string, GoField>();
      flatten(path, name, fields);
      return fields;
    },
  };
}

function readPackage(dir: string): Map<string, Struct> {
  const structs = new Map<string, Struct>();
  if (!existsSync(dir)) return structs;
  const packageName = dir.split('/').at(-1) ?? '';
  for (const file of readdirSync(dir)) {
    if (!file.endsWith('.go') || file.startsWith('zz_') || file.endsWith('_test.go') || file.endsWith('.pb.go')) continue;
    const text = readFileSync(join(dir, file), 'utf8');
    for (const [, name = '', body = ''] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
      structs.set(name, readStruct(body, packageName));
    }
  }
  return structs;
}

function readStruct(body: string, packageName: string): Struct {
  const fields: Struct = new Map();
  for (const line of body.split('\n')) {
    const [, type, tag] = /^\s*(?:\w+\s+)?([\w.*[\]]+)\s+`.*?json:"([^"]*)"/.exec(line) ?? [];
    if (type === undefined || tag === undefined) continue;
    const [jsonName = '', ...options] = tag.split(',');
    if (jsonName === '') {
      fields.set(`(${type})`, { embedded: type });
      continue;
    }
    const pointer = type.startsWith('*');
    const printed = printedType(pointer ? type.slice(1) : type, packageName);
    const omitted = options.includes('omitzero') || (options.includes('omitempty') && (pointer || !isStruct(printed)));
    fields.set(jsonName, { type: printed, pointer, always: !omitted });
  }
  return fields;
}

/** Structs are never "empty" for encoding/json. Named scalars, maps and slices can't be told from structs here: see `schemas.ts`. */
function isStruct(type: string): boolean {
  return ['resource.Quantity', 'v1.Time', 'v1.MicroTime', 'intstr.IntOrString', 'runtime.RawExtension'].includes(type);
}

function printedType(type: string, packageName: string): string {
  if (type.startsWith('[]')) return `[]${printedType(type.slice(2), packageName)}`;
  const map = /^map\[([\w.]+)\](.*)$/.exec(type);
  if (map) return `map[${printedType(map[1] ?? '', packageName)}]${printedType(map[2] ?? '', packageName)}`;
  if (type === 'byte') return 'uint8';
  if (PLAIN.test(type)) return type;
  const [qualifier = '', name] = type.split('.');
  if (name === undefined) return `${packageName}.${type}`;
  return `${/v\d+((alpha|beta)\d+)?$/.exec(qualifier)?.[0] ?? qualifier}.${name}`;
}
