/** The types that mutations make. */
import { type CelType, DYN, listOf, objectType, STRING } from '../../cel/type.ts';
import type { Mutation } from './definition.ts';

export const JSON_PATCH: CelType = objectType('JSONPatch', { op: STRING, path: STRING, from: STRING, value: DYN });
export const PATCHES = listOf(JSON_PATCH);
export const OBJECT: CelType = { name: 'Object', open: true };

/** `JSONPatch`, `Object`, and the types of its fields by their paths: `Object.spec.containers`. */
export function mutationTypes(name: string): CelType | undefined {
  if (name === 'JSONPatch') return JSON_PATCH;
  if (name === 'Object') return OBJECT;
  return name.startsWith('Object.') ? { name, open: true } : undefined;
}

/** The expression of a mutation, whichever of its fields it is in. */
export const expressionOf = ({ patchType, jsonPatch, applyConfiguration }: Mutation): string =>
  (patchType === 'JSONPatch' ? jsonPatch?.expression : applyConfiguration?.expression) ?? '';
