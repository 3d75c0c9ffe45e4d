/** `scale`: the replicas of whatever has some, under one shape (autoscaling/v1 Scale). */
import type { Kind, ScalePaths } from '../../types/kinds/kind.ts';
import { formatLabelSelector, type LabelSelector } from '../../types/selectors.ts';
import type { AnyObject } from '../../types/wire.ts';
import { applyObject, trackUpdate, type Writing } from '../apply/managed-fields.ts';
import { badRequest, internal, invalid, notFound } from '../errors.ts';
import { type Answer, jsonAnswer } from '../http/answer.ts';
import type { FieldError } from '../kinds/strategy.ts';
import { applyPatch, type PatchType } from '../patch/apply-patch.ts';
import { copy } from '../patch/value.ts';
import { APPLY_TYPE, parseConfig } from '../verbs/apply.ts';
import { type Call, formatted, inForm, mediaTypeOf } from '../verbs/call.ts';
import { parseBody } from '../verbs/decode.ts';
import { read } from '../verbs/get.ts';
import { guardedUpdate } from '../verbs/guarded-update.ts';
import { managerOf } from '../verbs/manager-name.ts';
import { PATCH_TYPES, parsePatch, unsupportedPatch } from '../verbs/patch.ts';
import { replace } from '../verbs/update.ts';
import { keyFor, type WriteContext, writeContextOf } from '../verbs/write-context.ts';
import { readWriteOptions, type WriteOptions } from '../verbs/write-options.ts';
import { scaleWriting, takeOwners, withOwners } from './scale-fields.ts';
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
  return change(
    call,
    readWriteOptions(call.info.query, 'UpdateOptions'),
    tracked(() => wanted),
  );
}

async function patchScale(call: Call): Promise<Answer> {
  const media = mediaTypeOf(call);
  if (media === APPLY_TYPE) return applyScale(call);
  const type: PatchType | undefined = PATCH_TYPES[media];
  if (!type) throw unsupportedPatch();
  const options = readWriteOptions(call.info.query, 'PatchOptions');
  const patch = parsePatch(await call.body());
  // A Scale has no lists: a strategic merge patch of it is a merge patch.
  const patched = (scale: Scale) => applyPatch(type === 'strategic' ? 'merge' : type, scale, patch, call.kind) as Scale;
  return change(call, options, tracked(patched));
}

async function applyScale(call: Call): Promise<Answer> {
  const options = readWriteOptions(call.info.query, 'PatchOptions', true);
  const config = await parseConfig(await call.body());
  return change(call, options, (scale, writing) => applyObject(writing, scale, copy(config), options.force));
}

/** What becomes of a Scale, managed fields and all. */
type Wanted = (scale: Scale, writing: Writing) => Scale;

function tracked(wantedFrom: (scale: Scale) => Scale): Wanted {
  return (scale, writing) => {
    const wanted = { ...wantedFrom(scale) };
    wanted.metadata = { ...wanted.metadata };
    trackUpdate(writing, scale, wanted);
    return wanted;
  };
}

async function change(call: Call, options: WriteOptions, wantedFrom: Wanted): Promise<Answer> {
  const { kind } = call;
  const context: WriteContext = { ...writeContextOf(call, options), subresource: '', fields: 'applied' };
  const writing = scaleWriting(context, managerOf(call.request, options.fieldManager));
  const path = pathsOf(kind).specReplicasPath;
  const written = await guardedUpdate(context, keyFor(context, context.name), async (current) => {
    if (!current) throw notFound(kind, context.name);
    const object = inForm(kind, current.parse());
    const wanted = wantedFrom(withOwners(scaleOf(kind, object), object, path), writing);
    check(call, wanted);
    setAt(object, path, wanted.spec?.replicas ?? 0);
    const { resourceVersion, uid } = wanted.metadata ?? {};
    // Without a version the change is of whatever is there.
    object.metadata = { ...object.metadata, resourceVersion: resourceVersion ?? String(current.revision), ...(uid ? { uid } : {}) };
    takeOwners(kind, object, wanted, path);
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
