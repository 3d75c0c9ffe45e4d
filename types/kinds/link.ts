/** From the table's definitions, which name each other, to linked schemas, in which a name is one shared node. */
import type { Definition } from '../facts/schemas.ts';
import type { Schema } from './kind.ts';

export interface Linker {
  /** The linked schema of a definition; throws when there is none of that name. */
  definition(name: string): Schema;
}

/**
 * Links each definition at its first use. A place that refers to a definition and says more (a default, a merge key) gets a node of its own,
 * which shares the definition's `properties` and `id`.
 */
export function createLinker(definitions: Record<string, Definition>): Linker {
  const done = new Map<string, Schema>();

  const definition = (name: string): Schema => {
    const known = done.get(name);
    if (known) return known;
    const raw = definitions[name];
    if (!raw) throw new Error(`no definition ${name}`);
    const node: Schema = { id: name };
    done.set(name, node);
    // The properties object must be there before what it refers to is linked, which may be this definition again (JSONSchemaProps).
    if (raw.properties) node.properties = {};
    fill(node, raw);
    return node;
  };

  const fill = (node: Schema, raw: Definition): void => {
    for (const [key, value] of Object.entries(raw)) {
      if (key === 'properties') {
        const properties = node.properties ?? {};
        node.properties = properties;
        for (const [name, property] of Object.entries(value as Record<string, Definition>)) properties[name] = link(property);
      } else if (key === 'items' || key === 'additionalProperties') node[key] = link(value);
      else if (key === 'go') addGoFacts(node, value);
      else if (key !== '$ref') node[key] = value;
    }
  };

  const link = (raw: Definition): Schema => {
    const plain = raw.$ref !== undefined;
    if (!plain) {
      const node: Schema = {};
      fill(node, raw);
      return node;
    }
    const target = definition(raw.$ref);
    if (Object.keys(raw).length === 1) return target;
    const node: Schema = { ...target };
    fill(node, raw);
    return node;
  };

  return { definition };
}

/** `x-go-pointer`: an explicit zero is kept. `x-go-always`: written even when empty. `x-go-type`: named in decode errors. */
function addGoFacts(node: Schema, text: string): void {
  const [, pointer, always, type] = /^(\*?)(!?)(.*)$/.exec(text) ?? [];
  if (pointer) node['x-go-pointer'] = true;
  if (always) node['x-go-always'] = true;
  if (type) node['x-go-type'] = type;
}
