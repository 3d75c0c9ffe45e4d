/** What is done with a custom object on its way in (k8s.io/apiextensions-apiserver/pkg/registry/customresource). */
import type { AnyObject } from '../../types/wire.ts';
import type { FieldError, Strategy } from '../kinds/strategy.ts';
import { defaultCustom } from './defaults.ts';
import { evaluateRules, type Verdict } from './evaluate-rules.ts';
import { pruneCustom } from './prune.ts';
import { ruleSetOf } from './rule-set.ts';
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
  const rules = ruleSetOf(kind.schema, true);
  const statusRules = rules?.properties.get('status');
  // What a rule lets stand is found while the object is validated, and said when the engine asks for warnings.
  const stood = new WeakMap<AnyObject, string[]>();
  const withRules = (faults: FieldError[], object: AnyObject, judge: () => Verdict | undefined): FieldError[] => {
    if (faults.some(({ type }) => BLOCKING.has(type))) return [...faults, NOT_CHECKED];
    const verdict = judge();
    if (verdict?.warnings.length) stood.set(object, verdict.warnings);
    return verdict ? [...faults, ...verdict.faults] : faults;
  };
  if (!rules) {
    return {
      validate: (object) => validateValue(object, kind.schema),
      validateUpdate: (object, before) => validateValue(object, kind.schema, before),
      validateStatusUpdate: (object) => statusFaults(kind, object),
    };
  }
  return {
    validate: (object) => withRules(validateValue(object, kind.schema), object, () => evaluateRules(rules, object, undefined)),
    validateUpdate: (object, before) =>
      withRules(validateValue(object, kind.schema, before), object, () => evaluateRules(rules, object, before)),
    validateStatusUpdate: (object, before) =>
      withRules(
        statusFaults(kind, object),
        object,
        () => statusRules && evaluateRules(statusRules, object.status, before.status, 'status'),
      ),
    warnings: (object) => stood.get(object) ?? [],
  };
}

/** Rules may rely on what the schema says: where that is not so, they are not run (hasBlockingErr). */
const BLOCKING = new Set<FieldError['type']>(['notSupported', 'required', 'tooLong', 'tooMany', 'typeInvalid']);

const NOT_CHECKED: FieldError = {
  field: '<nil>',
  type: 'invalid',
  value: null,
  detail: 'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
};

/** The status alone, as the status subresource checks it: the messages begin below it, the fields do not. */
function statusFaults(kind: CustomKind, object: AnyObject): FieldError[] {
  const schema = kind.schema.properties?.status;
  if (!schema || object.status === undefined) return [];
  return validateValue(object.status, schema).map((error) => ({
    ...error,
    field: error.field === '<nil>' ? error.field : ['status', error.field].filter(Boolean).join('.'),
  }));
}
