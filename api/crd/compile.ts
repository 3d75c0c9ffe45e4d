/** Custom kinds' schemas, compiled by Ajv: each once, when the first value is checked against it. */
import { createRequire } from 'node:module';
import type { Ajv, ErrorObject, Options, ValidateFunction } from 'ajv';
import type { Schema } from '../../types/kinds/kind.ts';
import { toAjv } from './ajv-schema.ts';
import { INTEGER, LIBRARY_FORMATS, OWN_FORMATS, RANGES } from './formats.ts';
import { KEYWORDS } from './keywords.ts';
import { compilePattern } from './pattern.ts';

/** All errors of a value; none for a good one. */
export type Check = (value: unknown) => ErrorObject[];

const compiled = new WeakMap<Schema, Check>();

/** The same check for the same schema. */
export function checkOf(schema: Schema): Check {
  const before = compiled.get(schema);
  if (before) return before;
  const validate: ValidateFunction = createAjv().compile(toAjv(schema));
  const check: Check = (value) => (validate(value) ? [] : (validate.errors ?? []));
  compiled.set(schema, check);
  return check;
}

// Strategies answer at once, so what they need is loaded at once, and not before somebody writes a custom object.
const load = createRequire(import.meta.url);

/** Patterns are RE2's; what JavaScript can't read is not checked. */
const regExp = Object.assign((pattern: string) => compilePattern(pattern) ?? /(?:)/, { code: 'compilePattern' });

const OPTIONS: Options = {
  strict: false,
  allErrors: true,
  verbose: true,
  // A field called `constructor` is a field like any other.
  ownProperties: true,
  multipleOfPrecision: 9,
  // A CRD's schema was checked, in Kubernetes' own words, when the CRD was written.
  validateSchema: false,
  meta: false,
  logger: false,
  code: { regExp },
};

/** One for each schema: Ajv keeps what it compiled for ever, and CRDs come and go. */
function createAjv(): Ajv {
  const { Ajv: Library } = load('ajv') as typeof import('ajv');
  const { default: addFormats } = load('ajv-formats') as typeof import('ajv-formats');
  const ajv = new Library(OPTIONS);
  addFormats.default(ajv, { formats: LIBRARY_FORMATS });
  for (const [name, format] of Object.entries(OWN_FORMATS)) ajv.addFormat(name, format);
  for (const [name, [min, max]] of Object.entries(RANGES)) {
    ajv.addFormat(name, { type: 'number', validate: (value) => Number.isInteger(value) && value >= min && value <= max });
  }
  ajv.addFormat(INTEGER, { type: 'number', validate: Number.isInteger });
  for (const keyword of KEYWORDS) ajv.addKeyword(keyword);
  return ajv;
}
