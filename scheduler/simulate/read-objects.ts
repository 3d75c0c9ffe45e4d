/** Reads objects out of text: YAML or JSON, one document or many, a List or what `kubectl get -o yaml` and `helm template` print. */
import type { AnyObject } from '../../types/wire.ts';
import { createCheck } from './check.ts';
import { InputError } from './input-error.ts';

const DEEPEST_LIST = 8;

/** `where` names the text in errors. Throws `InputError`. */
export async function readObjects(text: string, where: string): Promise<AnyObject[]> {
  const { loadAll } = await import('js-yaml');
  let documents: unknown[];
  try {
    documents = loadAll(text) as unknown[];
  } catch (error) {
    throw new InputError(`${where} is not YAML: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
  }
  const check = createCheck();
  return documents.flatMap((document, i) => {
    const at = documents.length > 1 ? `${where}, document ${i + 1}` : where;
    return document === null || document === undefined ? [] : flatten(document, at, 0).map((object) => checkedAt(check, object, at));
  });
}

/** Objects that came as JSON already. Throws `InputError`. */
export function checkObjects(values: unknown, where: string): AnyObject[] {
  const check = createCheck();
  return flatten(Array.isArray(values) ? { kind: 'List', apiVersion: 'v1', items: values } : values, where, 0).map((object) =>
    checkedAt(check, object, where),
  );
}

function flatten(value: unknown, at: string, depth: number): AnyObject[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(`${at} holds ${Array.isArray(value) ? 'a list' : JSON.stringify(value)}, not a Kubernetes object`);
  }
  const object = value as AnyObject;
  const { kind, apiVersion, items } = object;
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') {
    throw new InputError(`${at} holds an object without kind and apiVersion: ${JSON.stringify(value).slice(0, 80)}`);
  }
  if (!kind.endsWith('List') || !Array.isArray(items)) return [object];
  if (depth === DEEPEST_LIST) throw new InputError(`${at} holds lists in lists, more than ${DEEPEST_LIST} deep`);
  // Items of a typed list (PodList) need not say what they are.
  const kindOfItems = kind === 'List' ? undefined : kind.slice(0, -'List'.length);
  return items.flatMap((item: unknown, i) =>
    flatten(
      kindOfItems && typeof item === 'object' && !Array.isArray(item) ? { apiVersion, kind: kindOfItems, ...item } : item,
      `${at}, item ${i + 1}`,
      depth + 1,
    ),
  );
}

function checkedAt(check: (object: AnyObject) => AnyObject, object: AnyObject, at: string): AnyObject {
  try {
    const name = (object.metadata as { name?: unknown; generateName?: unknown } | null)?.name ?? object.metadata?.generateName;
    if (typeof name !== 'string' || name === '') throw new InputError('metadata.name is missing');
    return check(object);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { name } = (object.metadata ?? {}) as { name?: string };
    throw new InputError(`${at}: ${object.kind}${typeof name === 'string' ? ` ${name}` : ''}: ${error.message}`);
  }
}
