import { describe, expect, test } from 'vitest';
import type { Schema } from '../../types/kinds/kind.ts';
import { createEnvironment } from './environment.ts';
import { escapedName, schemaType } from './schema-type.ts';
import { type CelType, DYN, typeText } from './type.ts';
import { fromJson, toJson } from './value.ts';

const OBJECT = {
  metadata: { name: 'web', labels: { app: 'web', 'a/b': 'q' } },
  spec: { replicas: 3, rate: 1.5, containers: [{ name: 'c', image: 'busybox:1' }, { name: 'd' }] },
};

function evaluate(source: string, type: CelType = DYN, object: unknown = OBJECT) {
  const compiled = createEnvironment({ variables: { object: type } }).compile(source);
  if (!compiled.ok) return compiled.message;
  const outcome = compiled.expression.run((name) => (name === 'object' ? fromJson(object, type) : undefined));
  return 'value' in outcome ? toJson(outcome.value) : outcome.error;
}

describe('values', () => {
  test.each([
    ['1 + 2 * 3', 7],
    ['-7 / 2', -3],
    ['7.0 / 2.0', 3.5],
    ['object.spec.replicas > 2.5', true],
    ['object.spec.replicas == 3 && object.spec.rate == 1.5', true],
    ['object.metadata.labels["a/b"] + "!"', 'q!'],
    ['object.spec.containers.map(c, c.name)', ['c', 'd']],
    ['object.spec.containers.filter(c, has(c.image)).size()', 1],
    ['object.metadata.labels.exists(k, v, k == "app" && v == "web")', true],
    ['object.metadata.labels.transformList(k, v, v)', ['web', 'q']],
    ['object.?spec.?missing.orValue(7)', 7],
    ['object.spec.containers.exists(c, c.image == "busybox:1")', true],
    ['cel.bind(n, object.spec.replicas, n * n)', 9],
    ['optional.of(1).optMap(v, v + 1).value()', 2],
    ['"%s has %d".format(["a", dyn(2)])', 'a has 2'],
    ['"a,b".split(",")', ['a', 'b']],
    ['"héllo".size()', 5],
    ['r"\\d" == "\\\\d"', true],
    ['"v1.2".find("[0-9]+")', '1'],
    ['[3, 1, 2].sum() == 6 && ![3, 1].isSorted() && [3, 1].min() == 1', true],
    ['sets.contains([1, 2], [1])', true],
    ['quantity("1Gi").isGreaterThan(quantity("1G"))', true],
    ['cidr("10.0.0.0/8").containsIP("10.1.2.3")', true],
    ['string(ip("2001:db8:0:0:0:0:0:1"))', '2001:db8::1'],
    ['url("https://a.example:80/x?q=1").getHost()', 'a.example:80'],
    ['format.dns1123Label().validate("ok").hasValue()', false],
    ['duration("90m") > duration("1h")', true],
    ['timestamp("2024-02-29T12:00:00Z").getDayOfYear()', 59],
    ['timestamp("2024-01-15T14:30:45Z").getHours("America/New_York")', 9],
    ['semver("1.2.3").isLessThan(semver("1.10.0"))', true],
    ['type(1) == int && type("a") != int', true],
    ['dyn(1) == dyn("1")', false],
    ['base64.encode(b"ab")', 'YWI='],
  ])('%s', (source, value) => {
    expect(evaluate(source)).toEqual(value);
  });
});

describe('failures', () => {
  test.each([
    ['object.nope', 'no such key: nope'],
    ['object.spec.containers[5]', 'index out of bounds: 5'],
    ['1 / 0', 'division by zero'],
    ['9223372036854775807 + 1', 'integer overflow'],
    ['object.spec.replicas + "a"', 'no such overload'],
    ['object.nope == 1 || true', true],
    ['object.nope == 1 && false', false],
  ])('%s', (source, outcome) => {
    expect(evaluate(source)).toEqual(outcome);
  });
});

describe('what does not compile', () => {
  test.each([
    ['nope', "ERROR: <input>:1:1: undeclared reference to 'nope' (in container '')\n | nope\n | ^"],
    ['1 + "a"', "ERROR: <input>:1:3: found no matching overload for '_+_' applied to '(int, string)'\n | 1 + \"a\"\n | ..^"],
    ['"a".foo()', "ERROR: <input>:1:8: undeclared reference to 'foo' (in container '')\n | \"a\".foo()\n | .......^"],
    ['[1, "a"]', "ERROR: <input>:1:5: expected type 'int' but found 'string'\n | [1, \"a\"]\n | ....^"],
  ])('%s', (source, message) => {
    expect(evaluate(source)).toBe(`compilation failed: ${message}`);
  });

  test('too deep, or too long', () => {
    expect(evaluate(`${'('.repeat(5_000)}1${')'.repeat(5_000)}`)).toContain('recursion limit');
    expect(evaluate(`${'-'.repeat(5_000)}object`)).toContain('Syntax error');
    expect(evaluate(`1${'+1'.repeat(40_000)}`)).toContain('recursion limit');
    expect(evaluate('1'.repeat(200_000))).toContain('exceeds limit');
  });
});

test('a runaway expression ends', () => {
  const list = Array.from({ length: 2_000 }, (_, i) => i);
  expect(evaluate('object.all(a, object.all(b, a + b >= 0))', DYN, list)).toBe('operation cancelled: actual cost limit exceeded');
});

describe('types of schemas', () => {
  const schema: Schema = {
    type: 'object',
    properties: {
      count: { type: 'integer' },
      share: { type: 'number' },
      since: { type: 'string', format: 'date-time' },
      wait: { type: 'string', format: 'duration' },
      port: { 'x-kubernetes-int-or-string': true },
      'a.b-c': { type: 'string' },
      tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
      free: { 'x-kubernetes-preserve-unknown-fields': true },
    },
  };
  const type = schemaType(schema) as CelType;
  const object = { count: 2, share: 2, since: '2024-01-01T00:00:00Z', wait: '5m', port: 80, 'a.b-c': 'x', tags: ['a', 'b'], free: 1 };

  test.each([
    ['object.count + 1 == 3', true],
    ['object.share / 4.0', 0.5],
    ['object.since.getFullYear()', 2024],
    ['object.wait < duration("6m")', true],
    ['object.port == 80', true],
    ['object.a__dot__b__dash__c', 'x'],
    ['object.tags == ["b", "a"]', true],
  ])('%s', (source, value) => {
    expect(evaluate(source, type, object)).toEqual(value);
  });

  test('what the schema does not know is not seen', () => {
    expect(evaluate('object.free == 1', type, object)).toContain("undefined field 'free'");
    expect(typeText(type)).toBe('object');
  });

  test('names are escaped', () => {
    expect(['in', 'a__b', 'x/y', '1a'].map(escapedName)).toEqual(['__in__', 'a__underscores__b', 'x__slash__y', undefined]);
  });
});
