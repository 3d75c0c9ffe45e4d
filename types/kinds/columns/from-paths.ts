/** The cells of custom kinds, whose columns are JSON paths (k8s.io/apiextensions-apiserver: tableconvertor). */
import { compileJsonPath } from '../../jsonpath.ts';
import type { Column, Json, Kind } from '../kind.ts';

/**
 * `jsonPaths[i]` is where `columns[i]` finds its value. A value that is missing or of another type than the column is null; a column of
 * type string shows all values found, the others the first. Throws `JsonPathError` for a path that can't be read.
 */
export function cellsFromPaths(columns: Column[], jsonPaths: string[]): Kind['cells'] {
  const cells = columns.map((column, i) => cellOf(column, compileJsonPath(jsonPaths[i] ?? '')));
  return (object) => cells.map((cell) => cell(object as Json));
}

function cellOf(column: Column, find: (root: Json) => Json[]): (object: Json) => Json {
  return (object) => {
    const found = find(object);
    const [first] = found;
    if (first === undefined) return null;
    return column.type === 'string' ? found.map(textOf).join(' ') : typed(column.type, first);
  };
}

function textOf(value: Json): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function typed(type: Column['type'], value: Json): Json {
  if (type === 'integer') return typeof value === 'number' ? Math.trunc(value) : null;
  if (type === 'number') return typeof value === 'number' ? value : null;
  if (type === 'boolean') return typeof value === 'boolean' ? value : null;
  return typeof value === 'string' ? value : null;
}
