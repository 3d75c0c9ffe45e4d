/**
 * How autoscaling/v1 writes into annotations what it has no fields for: metrics in a form of its own, older than v2's, and behaviours as Go
 * writes its internal type (k8s.io/kubernetes/pkg/apis/autoscaling/v1: conversion.go).
 */
import { getOwn, isObject, type JsonObject } from '../patch/value.ts';

/** Pairs of paths, in v2 and in v1, by the field that a metric's type names. */
type Paths = Record<string, [v2: string, v1: string][]>;

const NAME: [string, string] = ['name', 'name'];
const CONTAINER: [string, string] = ['container', 'container'];
const METRIC: [string, string] = ['metric.name', 'metricName'];
const SELECTOR: [string, string] = ['metric.selector', 'selector'];
const TARGETS: [string, string][] = [
  ['target.averageUtilization', 'targetAverageUtilization'],
  ['target.averageValue', 'targetAverageValue'],
];
const CURRENT: [string, string][] = [
  ['current.averageUtilization', 'currentAverageUtilization'],
  ['current.averageValue', 'currentAverageValue'],
];

const WANTED: Paths = {
  resource: [NAME, ...TARGETS],
  containerResource: [NAME, ...TARGETS, CONTAINER],
  pods: [METRIC, ['target.averageValue', 'targetAverageValue'], SELECTOR],
  object: [['describedObject', 'target'], METRIC, ['target.value', 'targetValue'], SELECTOR, ['target.averageValue', 'averageValue']],
  external: [METRIC, ['metric.selector', 'metricSelector'], ['target.value', 'targetValue'], ['target.averageValue', 'targetAverageValue']],
};

const MEASURED: Paths = {
  resource: [NAME, ...CURRENT],
  containerResource: [NAME, ...CURRENT, CONTAINER],
  pods: [METRIC, ['current.averageValue', 'currentAverageValue'], SELECTOR],
  object: [['describedObject', 'target'], METRIC, ['current.value', 'currentValue'], SELECTOR, ['current.averageValue', 'averageValue']],
  external: [
    METRIC,
    ['metric.selector', 'metricSelector'],
    ['current.value', 'currentValue'],
    ['current.averageValue', 'currentAverageValue'],
  ],
};

export const wantedToV1 = (metrics: unknown): unknown => renamed(metrics, WANTED, 0, 1);
export const measuredToV1 = (metrics: unknown): unknown => renamed(metrics, MEASURED, 0, 1);
export const measuredFromV1 = (metrics: unknown): unknown => renamed(metrics, MEASURED, 1, 0);

/** v2 says of which type a target is; in v1 it shows by the field that is set. */
export function wantedFromV1(metrics: unknown): unknown {
  const found = renamed(metrics, WANTED, 1, 0);
  for (const metric of Array.isArray(found) ? found : []) {
    for (const source of Object.values(metric as JsonObject)) {
      const target = isObject(source) ? getOwn(source, 'target') : undefined;
      if (isObject(target)) target.type = typeOf(target);
    }
  }
  return found;
}

const typeOf = (target: JsonObject) =>
  target.averageUtilization !== undefined ? 'Utilization' : target.averageValue !== undefined ? 'AverageValue' : 'Value';

function renamed(metrics: unknown, paths: Paths, from: 0 | 1, to: 0 | 1): unknown {
  if (!Array.isArray(metrics)) return metrics;
  return metrics.filter(isObject).map((metric) => {
    const made: JsonObject = { type: metric.type };
    for (const [field, pairs] of Object.entries(paths)) {
      const source = getOwn(metric, field);
      if (isObject(source)) made[field] = move(source, pairs, from, to);
    }
    return made;
  });
}

function move(source: JsonObject, pairs: [string, string][], from: 0 | 1, to: 0 | 1): JsonObject {
  const made: JsonObject = {};
  for (const pair of pairs) {
    const [outer = '', inner] = pair[from].split('.');
    const holder = getOwn(source, outer);
    const value = inner === undefined ? holder : isObject(holder) ? getOwn(holder, inner) : undefined;
    if (value === undefined) continue;
    const [first = '', second] = pair[to].split('.');
    if (second === undefined) made[first] = value;
    else made[first] = { ...(made[first] as JsonObject | undefined), [second]: value };
  }
  return made;
}

/** Fields of a behaviour in Go's order; those that are not set are written as null. */
const DIRECTIONS = ['ScaleUp', 'ScaleDown'];
const RULES = ['StabilizationWindowSeconds', 'SelectPolicy', 'Policies', 'Tolerance'];
const POLICY = ['Type', 'Value', 'PeriodSeconds'];

export function behaviorToV1(behavior: unknown): unknown {
  return capitalised(behavior, DIRECTIONS, (rules) =>
    capitalised(rules, RULES, (policies) => (Array.isArray(policies) ? policies.map((policy) => capitalised(policy, POLICY)) : policies)),
  );
}

function capitalised(value: unknown, names: string[], inner: (value: unknown) => unknown = (same) => same): unknown {
  if (!isObject(value)) return value ?? null;
  return Object.fromEntries(names.map((name) => [name, inner(getOwn(value, lower(name)) ?? null)]));
}

/** The same back; nulls are left out. */
export function behaviorFromV1(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(behaviorFromV1);
  if (!isObject(value)) return value;
  const set = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(set.map(([name, field]) => [lower(name), behaviorFromV1(field)]));
}

const lower = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
