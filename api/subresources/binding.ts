/** `pods/NAME/binding`: how a scheduler puts a pod on a node (k8s.io/kubernetes/pkg/registry/core/pod/storage: BindingREST). */

import { rfc3339 } from '../../types/part/clock.ts';
import type { AnyObject } from '../../types/wire.ts';
import { badRequest, conflict, failure, notFound } from '../errors.ts';
import { type Answer, jsonAnswer } from '../http/answer.ts';
import { type Call, formatted } from '../verbs/call.ts';
import { parseBody } from '../verbs/decode.ts';
import { guardedUpdate } from '../verbs/guarded-update.ts';
import { uidMismatch } from '../verbs/uid-mismatch.ts';
import { keyFor, storedBytes, type WriteContext, writeContextOf } from '../verbs/write-context.ts';
import { readWriteOptions } from '../verbs/write-options.ts';
import type { SubresourceVerbs } from './subresources.ts';

interface Binding extends AnyObject {
  target?: { kind?: string; name?: string };
}

interface Condition {
  type: string;
  status: string;
  lastProbeTime?: string | null;
  lastTransitionTime?: string | null;
  [field: string]: unknown;
}

async function bind(call: Call): Promise<Answer> {
  const options = readWriteOptions(call.info.query, 'CreateOptions');
  const binding = (await parseBody(call, 'Binding')) as Binding;
  await bindPod(writeContextOf(call, options), binding);
  return formatted(call, jsonAnswer({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, 201));
}

/** Throws 404 when there is no such pod, 409 when it is bound or about to go, 500 (as Kubernetes does) for a target that is no node. */
export async function bindPod(context: WriteContext, binding: Binding): Promise<void> {
  const { kind, core } = context;
  const { target } = binding;
  const named = binding.metadata?.name;
  if (named && named !== context.name) throw badRequest('name in URL does not match name in Binding object');
  checkTarget(target);
  await guardedUpdate(context, keyFor(context, context.name), async (current) => {
    if (!current) throw notFound(kind, context.name);
    const pod = current.parse();
    const uid = binding.metadata?.uid;
    if (uid && uid !== pod.metadata?.uid) throw uidMismatch(context, uid, pod.metadata?.uid);
    assign(context, pod, target?.name ?? '', binding);
    setScheduled(pod, rfc3339(core.clock.now()));
    return { type: 'update', value: storedBytes(kind, pod) };
  });
}

function checkTarget(target: Binding['target']): void {
  if (target?.kind && target.kind !== 'Node') {
    throw failure(500, undefined, `target.kind: Unsupported value: ${JSON.stringify(target.kind)}: supported values: "Node", "<empty>"`);
  }
  if (!target?.name) throw failure(500, undefined, 'target.name: Required value');
}

function assign(context: WriteContext, pod: AnyObject, node: string, binding: Binding): void {
  const spec = (pod.spec ?? {}) as { nodeName?: string; schedulingGates?: unknown[] };
  const { metadata = {} } = pod;
  if (metadata.deletionTimestamp) throw bindingConflict(context, `pod ${context.name} is being deleted, cannot be assigned to a host`);
  if (spec.nodeName) throw bindingConflict(context, `pod ${context.name} is already assigned to node ${JSON.stringify(spec.nodeName)}`);
  if (spec.schedulingGates?.length) throw bindingConflict(context, `pod ${context.name} has non-empty .spec.schedulingGates`);
  spec.nodeName = node;
  pod.spec = spec;
  const { annotations } = binding.metadata ?? {};
  if (annotations && Object.keys(annotations).length > 0) metadata.annotations = { ...metadata.annotations, ...annotations };
}

const bindingConflict = (context: WriteContext, why: string) => conflict({ group: '', plural: 'pods/binding' }, context.name, why);

function setScheduled(pod: AnyObject, now: string): void {
  const status = (pod.status ?? {}) as { conditions?: Condition[] };
  const others = (status.conditions ?? []).filter((c) => c.type !== 'PodScheduled');
  const condition: Condition = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: now };
  status.conditions = [...others, condition];
  pod.status = status;
}

export const bindingVerbs: SubresourceVerbs = { create: bind };
