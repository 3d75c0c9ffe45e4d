/** `scale`: the replicas of whatever has some, under one shape (autoscaling/v1 Scale). */
import type { Kind, ScalePaths } from '../../types/kinds/kind.ts';
import { formatLabelSelector, type LabelSelector } from '../../types/selectors.ts';
import type { AnyObject } from '../../types/wire.ts';
import { badRequest, internal, invalid, notFound } from '../errors.ts';
import { type Answer, jsonAnswer } from '../http/answer.ts';
import type { FieldError } from '../kinds/strategy.ts';
import { applyPatch, type PatchType } from '../patch/apply-patch.ts';
import { type Call, formatted, inForm, mediaTypeOf } from '../verbs/call.ts';
import { parseBody } from '../verbs/decode.ts';
import { read } from '../verbs/get.ts';
import { guardedUpdate } from '../verbs/guarded-update.ts';
import { PATCH_TYPES, parsePatch, unsupportedPatch } from '../verbs/patch.ts';
import { replace } from '../verbs/update.ts';
import { keyFor, writeContextOf } from '../verbs/write-context.ts';
import { readWriteOptions } from '../verbs/write-options.ts';
import type { SubresourceVerbs } from './subresources.ts';

interface Scale extends AnyObject {
  spec?: { replicas?: number };
  status?: { replicas: number; selector?: string };
}

const BUILT_IN: ScalePaths = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };

async function getScale(call: Call): Promise<Answer> {
  const object = inForm(call.kind, (await read(call)).parse());
  return formatted(call, jsonAnswer(scaleOf(call.kind, object)));
}

async function updateScale(call: Call): Promise<Answer> {
  const wanted = (await parseBody(call, 'Scale')) as Scale;
  return change(call, () => wanted, 'UpdateOptions');
}

async function patchScale(call: Call): Promise<Answer> {
  const type: PatchType | undefined = PATCH_TYPES[mediaTypeOf(call)];
  if (!type) throw unsupportedPatch(call);
  const patch = parsePatch(await call.body());
  // A Scale has no lists: a strategic merge patch of it is a merge patch.
  return change(call, (scale) => applyPatch(type === 'strategic' ? 'merge' : type, scale, patch, call.kind) as Scale, 'PatchOptions');
}

async function change(call: Call, wantedFrom: (scale: Scale) => Scale, options: 'UpdateOptions' | 'PatchOptions'): Promise<Answer> {
  const { kind } = call;
  const context = { ...writeContextOf(call, readWriteOptions(call.info.query, options)), subresource: '' };
  const written = await guardedUpdate(context, keyFor(context, context.name), async (current) => {
    if (!current) throw notFound(kind, context.name);
    const object = inForm(kind, current.parse());
    const wanted = wantedFrom(scaleOf(kind, object));
    check(call, wanted);
    setAt(object, pathsOf(kind).specReplicasPath, wanted.spec?.replicas ?? 0);
    const { resourceVersion, uid } = wanted.metadata ?? {};
    // Without a version the change is of whatever is there.
    object.metadata = { ...object.metadata, resourceVersion: resourceVersion ?? String(current.revision), ...(uid ? { uid } : {}) };
    return replace(context, current, object);
  });
  return formatted(call, jsonAnswer(scaleOf(kind, inForm(kind, written.object.parse()))));
}

function check({ info }: Call, scale: Scale): void {
  if (scale.kind && scale.kind !== 'Scale') throw badRequest(`expected input object type to be Scale, but ${scale.kind}`);
  const name = scale.metadata?.name ?? '';
  if (name !== '' && name !== info.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name})`);
  const replicas = scale.spec?.replicas ?? 0;
  const fault: FieldError = { field: 'spec.replicas', type: 'invalid', value: replicas, detail: 'must be greater than or equal to 0' };
  if (typeof replicas !== 'number') throw badRequest('Scale in version "v1" cannot be handled as a Scale: spec.replicas must be a number');
  if (replicas < 0) throw invalid({ group: 'autoscaling', kind: 'Scale' }, info.name, [fault]);
}

const pathsOf = (kind: Kind): ScalePaths => kind.scale ?? BUILT_IN;

function scaleOf(kind: Kind, object: AnyObject): Scale {
  const paths = pathsOf(kind);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata ?? {};
  if (kind.scale && valueAt(object, paths.specReplicasPath) === undefined) {
    throw internal(`the spec replicas field ${JSON.stringify(paths.specReplicasPath)} does not exist`);
  }
  const replicas = numberAt(object, paths.specReplicasPath);
  const selector = selectorOf(kind, object);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: numberAt(object, paths.statusReplicasPath), ...(selector ? { selector } : {}) },
  };
}

function selectorOf(kind: Kind, object: AnyObject): string {
  if (kind.scale) return kind.scale.labelSelectorPath ? String(valueAt(object, kind.scale.labelSelectorPath) ?? '') : '';
  const selector = (object.spec as { selector?: LabelSelector | Record<string, string> } | undefined)?.selector;
  // A ReplicationController's selector is a plain map.
  if (kind.storage === 'replicationcontrollers') return formatLabelSelector({ matchLabels: selector as Record<string, string> });
  return formatLabelSelector(selector as LabelSelector);
}

const stepsOf = (path: string) => path.split('.').filter(Boolean);

function valueAt(object: AnyObject, path: string): unknown {
  let value: unknown = object;
  for (const step of stepsOf(path)) value = (value as Record<string, unknown> | undefined | null)?.[step];
  return value;
}

const numberAt = (object: AnyObject, path: string) => Number(valueAt(object, path) ?? 0);

function setAt(object: AnyObject, path: string, value: number): void {
  const steps = stepsOf(path);
  const last = steps.pop() ?? '';
  let at: Record<string, unknown> = object;
  for (const step of steps) {
    const below = (at[step] ?? {}) as Record<string, unknown>;
    at[step] = below;
    at = below;
  }
  at[last] = value;
}

export const scaleVerbs: SubresourceVerbs = { get: getScale, update: updateScale, patch: patchScale };
