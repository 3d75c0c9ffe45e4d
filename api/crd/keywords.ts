/** Keywords of Kubernetes' schemas that JSON Schema lacks, or whose faults are told otherwise. */
import type { AnySchemaObject, ErrorObject, KeywordDefinition } from 'ajv';
import type { DataValidateFunction } from 'ajv/dist/types/index.js';
import { EMBEDDED, JUNCTORS, type Junctors, LIST_KEYS, LIST_TYPE } from './ajv-schema.ts';
import { embeddedFaults } from './embedded.ts';
import { type JunctorOutcome, satisfies } from './junctors.ts';
import { duplicatesIn } from './list-types.ts';
import type { JsonObject } from './structural.ts';

type ErrorsOf = (value: unknown) => ErrorObject[][];

/** Ajv's own junctors mix the errors of all branches; messages here need those of one. A null is not looked at. */
const junctors: KeywordDefinition = {
  keyword: JUNCTORS,
  errors: true,
  compile: (given: Junctors, _parent, it) => {
    const errorsOf = (branches: AnySchemaObject[]): ErrorsOf => {
      const checks = branches.map((branch) => it.self.compile(branch));
      return (value) => checks.map((check) => (check(value) ? [] : (check.errors ?? [])));
    };
    const [anyOf, oneOf, allOf, not] = [errorsOf(given.anyOf), errorsOf(given.oneOf), errorsOf(given.allOf), errorsOf(given.not)];
    const validate: DataValidateFunction = (value: unknown) => {
      if (value === null) return true;
      const outcome: JunctorOutcome = { anyOf: anyOf(value), oneOf: oneOf(value), allOf: allOf(value), not: not(value) };
      if (satisfies(outcome)) return true;
      validate.errors = [{ keyword: JUNCTORS, params: outcome }];
      return false;
    };
    return validate;
  },
};

const embedded: KeywordDefinition = {
  keyword: EMBEDDED,
  type: 'object',
  errors: false,
  validate: (_: true, object: JsonObject) => embeddedFaults(object).length === 0,
};

const listType: KeywordDefinition = {
  keyword: LIST_TYPE,
  type: 'array',
  errors: false,
  validate: (type: string, list: unknown[], schema?: AnySchemaObject) => duplicatesIn(list, type, schema?.[LIST_KEYS]).length === 0,
};

export const KEYWORDS = [junctors, embedded, listType];
