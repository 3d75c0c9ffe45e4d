/** What is done with a custom object on its way in (k8s.io/apiextensions-apiserver/pkg/registry/customresource). */
import type { AnyObject } from '../../types/wire.ts';
import type { FieldError, Strategy } from '../kinds/strategy.ts';
import { hasRules } from './cel.ts';
import { defaultCustom } from './defaults.ts';
import { pruneCustom } from './prune.ts';
import type { CustomKind } from './to-kind.ts';
import { validateValue } from './validate-value.ts';

/** Prunes and defaults a decoded object in place. Returns the paths of the fields that nobody knows, sorted. */
export function decodeCustom(kind: CustomKind, object: AnyObject): string[] {
  const unknown = pruneCustom(object, kind.schema);
  defaultCustom(object, kind.schema);
  return unknown;
}

/** Of an object that is about to be stored: takes away what the stored version does not know. */
export function pruneForStorage(kind: CustomKind, object: AnyObject): void {
  if (kind.storageSchema) pruneCustom(object, kind.storageSchema);
}

const strategies = new WeakMap<CustomKind, Strategy>();

/** The same object for the same kind. */
export function customStrategy(kind: CustomKind): Strategy {
  const before = strategies.get(kind);
  if (before) return before;
  const strategy = makeStrategy(kind);
  strategies.set(kind, strategy);
  return strategy;
}

/** Status and generation are the engine's business, as for all kinds. */
function makeStrategy(kind: CustomKind): Strategy {
  const rules = hasRules(kind.schema);
  return {
    validate: (object) => validateValue(object, kind.schema),
    validateUpdate: (object, before) => validateValue(object, kind.schema, before),
    validateStatusUpdate: (object) => statusFaults(kind, object),
    ...(rules ? { warnings: () => [RULES_WARNING] } : {}),
  };
}

/** Said at every write, lest somebody rely on a rule. */
const RULES_WARNING = 'the x-kubernetes-validations rules of this resource are not evaluated by this server yet';

/** The status alone, as the status subresource checks it: the messages begin below it, the fields do not. */
function statusFaults(kind: CustomKind, object: AnyObject): FieldError[] {
  const schema = kind.schema.properties?.status;
  if (!schema || object.status === undefined) return [];
  return validateValue(object.status, schema).map((error) => ({
    ...error,
    field: error.field === '<nil>' ? error.field : ['status', error.field].filter(Boolean).join('.'),
  }));
}
