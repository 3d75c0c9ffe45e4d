/** What comes with the server is stored unchecked at the first start; here it is checked. */
import { expect, test } from 'vitest';
import { builtinKinds } from '../../types/kinds/registry.ts';
import type { AnyObject } from '../../types/wire.ts';
import { defaultPolicy } from '../access/bootstrap/policy.ts';
import type { Crd } from '../crd/definition.ts';
import { toKinds } from '../crd/to-kind.ts';
import { createFaults, finishDecoding, strategyFor } from '../verbs/kind-rules.ts';
import { readAll } from './manifests.ts';
import { authenticationConfig, NAMESPACES, PRIORITY_CLASSES } from './objects.ts';

const isDefinition = ({ kind }: AnyObject) => kind === 'CustomResourceDefinition';
const documents = await readAll();
const definitions = documents.filter(isDefinition);
const others = documents.filter((document) => !isDefinition(document));
const kinds = [...builtinKinds(), ...definitions.flatMap((definition) => toKinds(structuredClone(definition) as unknown as Crd))];

function kindOf({ apiVersion = '', kind }: AnyObject) {
  const found = kinds.find((k) => (k.group ? `${k.group}/${k.version}` : k.version) === apiVersion && k.kind === kind);
  if (!found) throw new Error(`no kind ${kind} in ${apiVersion}`);
  return found;
}

const all = [...NAMESPACES, ...PRIORITY_CLASSES, authenticationConfig('PEM'), ...defaultPolicy(), ...definitions, ...others];

test.each(all.map((object) => [`${object.kind} ${object.metadata?.name}`, object] as const))('%s is good', (_name, object) => {
  const kind = kindOf(object);
  const decoded = finishDecoding(kind, structuredClone(object), 'Strict', [], undefined);
  strategyFor(kind).prepareForCreate?.(decoded);
  expect(createFaults(kind, decoded)).toEqual([]);
});
