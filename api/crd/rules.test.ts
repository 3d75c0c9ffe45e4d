import { describe, expect, test } from 'vitest';
import type { Schema } from '../../types/kinds/kind.ts';
import type { FieldError } from '../kinds/strategy.ts';
import { evaluateRules } from './evaluate-rules.ts';
import { type Rule, type RuleSet, ruleSetOf } from './rule-set.ts';
import { validateRules } from './validate-rules.ts';

const withRules = (schema: Schema, ...rules: Rule[]): Schema => ({ ...schema, 'x-kubernetes-validations': rules });
const STRING: Schema = { type: 'string' };
const object = (properties: Record<string, Schema>): Schema => ({ type: 'object', properties });

const setOf = (schema: Schema) => ruleSetOf(schema, true) as RuleSet;

describe('rules on objects', () => {
  test('a schema without rules has no set', () => {
    expect(ruleSetOf(object({ a: STRING }), true)).toBeUndefined();
  });

  test('a message may be computed, and the fault may be of a field', () => {
    const rule = { rule: 'self.min <= self.max', messageExpression: '"at most %d".format([self.max])', fieldPath: '.min' };
    const set = setOf(object({ spec: withRules(object({ min: { type: 'integer' }, max: { type: 'integer' } }), rule) }));
    const [fault] = evaluateRules(set, { spec: { min: 3, max: 2 } }, undefined).faults;
    expect(fault).toMatchObject({ field: 'spec.min', type: 'invalid', detail: 'at most 2' });
  });

  test('a transition rule is asked where there is something before', () => {
    const set = setOf(object({ a: withRules(STRING, { rule: 'self == oldSelf' }) }));
    expect(evaluateRules(set, { a: 'x' }, undefined).faults).toEqual([]);
    expect(evaluateRules(set, { a: 'x' }, {}).faults).toEqual([]);
    expect(evaluateRules(set, { a: 'x' }, { a: 'y' }).faults).toHaveLength(1);
  });

  test('elements of a list that is a map are known again by their keys', () => {
    const items = object({ name: STRING, size: withRules({ type: 'integer' }, { rule: 'self >= oldSelf' }) });
    const list: Schema = { type: 'array', items, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] };
    const set = setOf(object({ list }));
    const before = {
      list: [
        { name: 'a', size: 1 },
        { name: 'b', size: 5 },
      ],
    };
    const { faults } = evaluateRules(
      set,
      {
        list: [
          { name: 'b', size: 4 },
          { name: 'a', size: 2 },
        ],
      },
      before,
    );
    expect(faults.map(({ field }) => field)).toEqual(['list[0].size']);
  });

  test('what was wrong before is warned of, as long as it stays', () => {
    const set = setOf(object({ a: withRules(STRING, { rule: 'self == "new"' }), b: STRING }));
    expect(evaluateRules(set, { a: 'old', b: '2' }, { a: 'old', b: '1' })).toMatchObject({
      faults: [],
      warnings: ['a: Invalid value: "old": failed rule: self == "new"'],
    });
    expect(evaluateRules(set, { a: 'older' }, { a: 'old' }).faults).toHaveLength(1);
  });

  test('a runaway rule ends all', () => {
    const list: Schema = { type: 'array', items: { type: 'integer' } };
    const set = setOf(object({ list: withRules(list, { rule: 'self.all(a, self.all(b, a + b >= 0))' }, { rule: 'false' }) }));
    const { faults } = evaluateRules(set, { list: Array.from({ length: 2_000 }, (_, i) => i) }, undefined);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.detail).toContain('operation cancelled: actual cost limit exceeded');
  });
});

describe('rules of definitions', () => {
  const faultsOf = (schema: Schema): string[] => {
    const errors: FieldError[] = [];
    validateRules(schema, 'at', errors);
    return errors.map(({ field, detail }) => `${field}: ${detail}`);
  };

  test.each<[string, Schema, string]>([
    ['a rule that is none', withRules(object({}), { rule: ' ' }), 'at.x-kubernetes-validations[0].rule: rule is not specified'],
    ['no truth', withRules(object({}), { rule: '1' }), 'at.x-kubernetes-validations[0].rule: cel expression must evaluate to a bool'],
    [
      'a path that leads nowhere',
      withRules(object({}), { rule: 'true', fieldPath: '.x' }),
      'at.x-kubernetes-validations[0].fieldPath: must be a valid path',
    ],
    [
      'optionalOldSelf without oldSelf',
      withRules(object({}), { rule: 'true', optionalOldSelf: true }),
      'at.x-kubernetes-validations[0].optionalOldSelf: may not be set if oldSelf is not used in rule',
    ],
    [
      'oldSelf of an element that is not known again',
      object({ l: { type: 'array', items: withRules(STRING, { rule: 'self == oldSelf' }) } }),
      'at.properties[l].items.x-kubernetes-validations[0].rule: oldSelf cannot be used on the uncorrelatable portion of the schema within at.properties[l]',
    ],
  ])('%s', (_name, schema, fault) => {
    expect(faultsOf(schema)).toContain(fault);
  });
});
