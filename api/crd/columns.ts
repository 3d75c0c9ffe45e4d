/** The Table columns of a custom kind, and their cells (k8s.io/apiextensions-apiserver/pkg/registry/customresource/tableconvertor). */
import type { Column, Json } from '../../types/kinds/kind.ts';
import type { CrdColumn } from './definition.ts';
import { compileJsonPath } from './json-path.ts';

const NAME: Column = { name: 'Name', type: 'string', format: 'name', description: "The object's name.", priority: 0 };

const AGE: CrdColumn = {
  name: 'Age',
  type: 'date',
  description: 'How long ago the object was created.',
  jsonPath: '.metadata.creationTimestamp',
};

export interface CustomTable {
  columns: Column[];
  cells(object: Record<string, unknown>): Json[];
}

export function tableOf(given: CrdColumn[] | undefined): CustomTable {
  const own = given?.length ? given : [AGE];
  const columns = own.map(({ name, type, format = '', description = '', priority = 0 }) => ({
    name,
    type: type as Column['type'],
    format,
    description: description || `Shows ${name.toLowerCase()}.`,
    priority,
  }));
  const finders = own.map(({ jsonPath, type }) => ({ find: compileJsonPath(jsonPath), type }));
  return {
    columns: [NAME, ...columns],
    cells: (object) => [
      (object.metadata as { name?: string } | undefined)?.name ?? '',
      ...finders.map(({ find, type }) => cell(find(object)[0], type)),
    ],
  };
}

function cell(value: unknown, type: string): Json {
  if (value === undefined || value === null) return null;
  if (type === 'string') return textOf(value);
  if (type === 'integer') return typeof value === 'number' ? Math.trunc(value) : null;
  if (type === 'number') return typeof value === 'number' ? value : null;
  if (type === 'boolean') return typeof value === 'boolean' ? value : null;
  return typeof value === 'string' ? value : null;
}

/** As kubectl's own JSON path printer writes a value. */
export const textOf = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
