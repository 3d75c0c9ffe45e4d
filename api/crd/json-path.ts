/**
 * The JSON paths of printer columns and selectable fields (k8s.io/client-go/util/jsonpath, without ranges and functions): `.spec.a`,
 * `.metadata.labels.a\.b`, `['a.b']`, `[0]`, `[*]`, `[?(@.type=="Ready")]`.
 */
import { isObject } from './structural.ts';

type Step = { field: string } | { index: number } | { all: true } | { path: string[]; equals: string };

/** The values that a path leads to in an object; none when the path is not understood. */
export type Finder = (object: unknown) => unknown[];

export function compileJsonPath(text: string): Finder {
  const steps = parse(text);
  if (!steps) return () => [];
  return (object) => steps.reduce<unknown[]>((values, step) => values.flatMap((value) => follow(value, step)), [object]);
}

const FIELD = /^\.((?:\\.|[^.[\]\\])+)/;
const QUOTED = /^\[(?:'([^']*)'|"([^"]*)")\]/;
const INDEX = /^\[(-?\d+)\]/;
const ALL = /^(?:\[\*\]|\.\*)/;
const FILTER = /^\[\?\(\s*@((?:\.[\w-]+)+)\s*==\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+))\s*\)\]/;

function parse(text: string): Step[] | undefined {
  let rest = text.replace(/^\{(.*)\}$/s, '$1').replace(/^\$/, '');
  const steps: Step[] = [];
  while (rest !== '') {
    const [length, step] = next(rest);
    if (!step) return undefined;
    steps.push(step);
    rest = rest.slice(length);
  }
  return steps;
}

function next(rest: string): [length: number, step: Step | undefined] {
  const all = ALL.exec(rest);
  if (all) return [all[0].length, { all: true }];
  const field = FIELD.exec(rest);
  if (field) return [field[0].length, { field: (field[1] ?? '').replace(/\\(.)/g, '$1') }];
  const quoted = QUOTED.exec(rest);
  if (quoted) return [quoted[0].length, { field: quoted[1] ?? quoted[2] ?? '' }];
  const index = INDEX.exec(rest);
  if (index) return [index[0].length, { index: Number(index[1]) }];
  const filter = FILTER.exec(rest);
  if (filter) {
    const path = (filter[1] ?? '').split('.').slice(1);
    return [filter[0].length, { path, equals: filter[2] ?? filter[3] ?? filter[4] ?? '' }];
  }
  return [0, undefined];
}

function follow(value: unknown, step: Step): unknown[] {
  if ('field' in step) return isObject(value) && Object.hasOwn(value, step.field) ? [value[step.field]] : [];
  if ('index' in step) return Array.isArray(value) ? value.slice(step.index, step.index === -1 ? undefined : step.index + 1) : [];
  const elements = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  if ('all' in step) return elements;
  return elements.filter((one) => {
    const found = step.path.reduce<unknown>((v, key) => (isObject(v) && Object.hasOwn(v, key) ? v[key] : undefined), one);
    return found !== undefined && String(found) === step.equals;
  });
}
