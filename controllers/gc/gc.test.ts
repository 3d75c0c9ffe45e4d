import { describe, expect, test } from 'vitest';
import { resource } from '../../client/resource.ts';
import type { AnyObject, ObjectMeta } from '../../types/wire.ts';
import { createGraph, FOREGROUND, type Graph, ORPHAN } from './graph.ts';
import { type OwnerState, planDeleting, planOwned } from './plan.ts';

const configMaps = resource<AnyObject>('v1', 'ConfigMap', 'configmaps');
const owner = (name: string, block = false) => ({ apiVersion: 'v1', kind: 'ConfigMap', name, uid: name, blockOwnerDeletion: block });
const dying = (...finalizers: string[]) => ({ deletionTimestamp: '2026-11-20T13:00:00Z', finalizers });

function world() {
  const due: string[] = [];
  const graph = createGraph((uid) => void due.push(uid));
  const put = (name: string, meta: ObjectMeta = {}) =>
    graph.upsert(configMaps, { metadata: { name, namespace: 'default', uid: name, resourceVersion: '1', ...meta } });
  const taken = () => due.splice(0).sort();
  return { graph, put, taken };
}

const node = (graph: Graph, uid: string) => graph.get(uid) as NonNullable<ReturnType<Graph['get']>>;

describe('what is due', () => {
  test('nothing when an object comes whose owner is there', () => {
    const { put, taken } = world();
    put('a');
    put('b', { ownerReferences: [owner('a')] });
    expect(taken()).toEqual([]);
  });

  test('an object whose owner has not been seen, or is not the one that is meant', () => {
    const { put, taken } = world();
    put('a');
    put('b', { ownerReferences: [owner('gone')] });
    put('c', { ownerReferences: [{ ...owner('a'), name: 'other' }] });
    expect(taken()).toEqual(['b', 'c']);
  });

  test('the dependents of what goes', () => {
    const { graph, put, taken } = world();
    put('a');
    put('b', { ownerReferences: [owner('a')] });
    put('c', { ownerReferences: [owner('a')] });
    graph.remove('a');
    expect(taken()).toEqual(['b', 'c']);
  });

  test('an owner that waits, when its dependents go', () => {
    const { graph, put, taken } = world();
    put('a');
    put('b', { ownerReferences: [owner('a', true)] });
    put('a', dying(FOREGROUND));
    expect(taken()).toEqual(['a', 'b']);
    graph.remove('b');
    expect(taken()).toEqual(['a']);
  });

  test('an object that changes its owners', () => {
    const { put, taken } = world();
    put('a');
    put('b', { ownerReferences: [owner('a')] });
    put('b', { ownerReferences: [] });
    expect(taken()).toEqual(['b']);
  });
});

describe('what is done', () => {
  test.each<[string, OwnerState[], object]>([
    ['one owner is there', ['solid'], { do: 'nothing' }],
    ['the only owner is gone', ['absent'], { do: 'delete', policy: 'Background', unblock: false }],
    ['one of two owners is gone', ['solid', 'absent'], { do: 'disown', owners: [owner('o0')] }],
    ['one of two owners waits', ['waiting', 'solid'], { do: 'disown', owners: [owner('o1')] }],
    ['the owner waits and there are no dependents', ['waiting'], { do: 'delete', policy: 'Background', unblock: false }],
  ])('when %s', (_, states, expected) => {
    const { graph, put } = world();
    put('x', { ownerReferences: states.map((__, i) => owner(`o${i}`)) });
    expect(planOwned(node(graph, 'x'), states, [])).toEqual(expected);
  });

  test('an owner that waits has what it owns deleted in the foreground too', () => {
    const { graph, put } = world();
    put('x', { ownerReferences: [owner('o')] });
    put('y', { ownerReferences: [owner('x', true)] });
    expect(planOwned(node(graph, 'x'), ['waiting'], [node(graph, 'y')])).toEqual({ do: 'delete', policy: 'Foreground', unblock: false });
    put('y', { ownerReferences: [owner('x', true)], ...dying(FOREGROUND) });
    expect(planOwned(node(graph, 'x'), ['waiting'], [node(graph, 'y')])).toEqual({ do: 'delete', policy: 'Foreground', unblock: true });
  });

  test('what is being deleted', () => {
    const { graph, put } = world();
    put('x', dying(FOREGROUND));
    put('y', { ownerReferences: [owner('x', true)] });
    put('z', { ownerReferences: [owner('x')] });
    const dependents = [...graph.dependents('x')];
    expect(planDeleting(node(graph, 'x'), dependents)).toEqual({ do: 'press', dependents: [node(graph, 'y')] });
    expect(planDeleting(node(graph, 'x'), [node(graph, 'z')])).toEqual({ do: 'finish' });
    put('x', dying(ORPHAN));
    expect(planDeleting(node(graph, 'x'), dependents)).toEqual({ do: 'orphan' });
    put('x', dying('somebody.else/holds'));
    expect(planDeleting(node(graph, 'x'), dependents)).toEqual({ do: 'nothing' });
  });
});
