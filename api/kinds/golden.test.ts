/**
 * Creations as a kube-apiserver answered them: what it stored, refused and warned of, compared with what decoding, defaulting and the
 * strategies make of the same bodies. What other pieces do (admission, allocation, the requester's name) is left out by name.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyDefaults } from '../../types/kinds/defaults.ts';
import type { Kind } from '../../types/kinds/kind.ts';
import { builtinKinds } from '../../types/kinds/registry.ts';
import type { AnyObject } from '../../types/wire.ts';
import { invalid } from '../errors.ts';
import { strategyOf } from './strategies.ts';
import { decodeFaults } from './validate.ts';

const RECORDED = join(import.meta.dirname, '../../../shared/golden/cases-public');
const FILES = existsSync(RECORDED)
  ? readdirSync(RECORDED).filter((f) => /^(crud-(defaults|kinds)|validation|events|certificates|patch)/.test(f))
  : [];

interface Step {
  method?: string;
  path: string;
  body?: AnyObject;
  pick?: unknown;
  ignore?: string[];
  expect?: { status: number; warnings?: string[]; body?: AnyObject & { message?: string; reason?: string } };
}

interface Creation {
  title: string;
  kind: Kind;
  body: AnyObject;
  namespace: string | undefined;
  answer: NonNullable<Step['expect']>;
}

const kinds = builtinKinds();
const PATH = /^\/(?:api|apis\/([^/]+))\/([^/]+)(?:\/namespaces\/([^/]+))?\/([^/?]+)$/;

function creations(file: string): Creation[] {
  const text = readFileSync(join(RECORDED, file), 'utf8')
    .replaceAll(/\$\{ns2?\}/g, 'ns-1')
    .replaceAll(/\$\{id\}/g, 'id-1');
  const cases = JSON.parse(text) as { name: string; steps: Step[] }[];
  return cases.flatMap(({ name, steps }) =>
    steps.flatMap((step, i) => {
      const [, group = '', version, namespace, plural] = PATH.exec(step.path ?? '') ?? [];
      const kind = kinds.find((k) => k.group === group && k.version === version && k.plural === plural);
      const usable = step.method === 'POST' && step.body && step.expect?.body && !step.pick;
      if (!kind || !usable || !step.body || !step.expect) return [];
      return [{ title: `${name} (${i})`, kind, body: step.body, namespace, answer: step.expect }];
    }),
  );
}

interface Outcome {
  object: AnyObject;
  refusal: string;
  warnings: string[];
}

function create({ kind, body, namespace }: Creation): Outcome {
  const object: AnyObject = {
    apiVersion: kind.group ? `${kind.group}/${kind.version}` : kind.version,
    kind: kind.kind,
    ...structuredClone(body),
  };
  const { fault } = decodeFaults(kind, object);
  if (fault)
    return { object, refusal: `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${fault}`, warnings: [] };
  applyDefaults(kind, object);
  object.metadata ??= {};
  if (namespace) object.metadata.namespace = namespace;
  if (!object.metadata.name && object.metadata.generateName) object.metadata.name = `${object.metadata.generateName}abcde`;
  object.metadata.uid = 'uid-1';
  const strategy = strategyOf(kind);
  strategy.prepareForCreate?.(object);
  const faults = strategy.validate?.(object) ?? [];
  const shown = { ...kind, group: kind.storageVersion?.group ?? kind.group };
  const refusal = faults.length > 0 ? (invalid(shown, object.metadata.name ?? '', faults).status.message ?? '') : '';
  return { object, refusal, warnings: strategy.warnings?.(object) ?? [] };
}

/** Filled in by admission, allocation or the store. */
const ELSEWHERE =
  /\/metadata\/(name|namespace|uid|resourceVersion|creationTimestamp|finalizers|managedFields|generateName|deletion\w+)|\/spec\/(tolerations|priority|preemptionPolicy|clusterIPs?|healthCheckNodePort|taints|username|uid|groups|extra|conversion)|\/nodePort|\/status\/(storedVersions|acceptedNames|conditions)/;

function differences(got: unknown, want: unknown, path = ''): string[] {
  if (ELSEWHERE.test(path)) return [];
  // A placeholder stands for what differs from run to run.
  if (typeof want === 'string' && want.includes('<')) return typeof got === 'string' ? [] : [`${path}: ${String(got)}`];
  if (typeof got === 'object' && typeof want === 'object' && got && want && Array.isArray(got) === Array.isArray(want)) {
    const [left, right] = [got as Record<string, unknown>, want as Record<string, unknown>];
    return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
      differences(left[key], right[key], `${path}/${key}`),
    );
  }
  return got === want ? [] : [`${path}: ${JSON.stringify(got)}, recorded ${JSON.stringify(want)}`];
}

/** Refused by others than the strategies, or a deliberate difference. */
const NOT_OURS = /failed to allocate|not in the valid range|disallowed by cluster policy|CreateOptions|metadata.namespace: Required/;

/** The recorded server keeps apart an empty map of labels and none, which JSON in canonical form does not. */
const EXCEPT = ['defaults: job work queue (0)', 'lifecycle of flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration (0)'];

describe.skipIf(FILES.length === 0)('as recorded (skipped without the recorded cases)', () => {
  for (const file of FILES) {
    const all = creations(file).filter((c) => !EXCEPT.includes(c.title));
    const stored = all.filter((c) => c.answer.status === 201 && c.answer.body?.kind === c.kind.kind);
    test(`${file}: stored`, () => {
      for (const creation of stored) {
        const { object, refusal } = create(creation);
        expect([creation.title, refusal, differences(object, creation.answer.body)]).toEqual([creation.title, '', []]);
      }
    });
    test(`${file}: refused`, () => {
      for (const creation of all) {
        const { status, body } = creation.answer;
        if (status !== 422 || body?.reason !== 'Invalid' || !body.message || NOT_OURS.test(body.message)) continue;
        expect([creation.title, create(creation).refusal]).toEqual([creation.title, body.message]);
      }
    });
  }
});
