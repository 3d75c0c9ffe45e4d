/** One request for a resource, as its verb is given it. */
import type { Kind } from '../../types/kinds/kind.ts';
import type { AnyObject } from '../../types/wire.ts';
import type { UserInfo } from '../access/user.ts';
import type { Conversion } from '../convert/conversion.ts';
import { conversionOf } from '../convert/table.ts';
import type { Core } from '../core.ts';
import { failure } from '../errors.ts';
import type { Answer, HttpRequest } from '../http/answer.ts';
import type { RequestInfo } from '../http/request-info.ts';
import type { Form } from '../output/accept.ts';
import { partialView } from '../output/partial.ts';
import { type IncludeObject, tableView } from '../output/table.ts';
import { objectView, type View } from '../output/view.ts';
import type { CachedObject } from '../watch/cached-object.ts';
import type { ResourceCache } from '../watch/resource-cache.ts';

export interface Call {
  core: Core;
  kind: Kind;
  info: RequestInfo;
  user: UserInfo;
  form: Form;
  request: HttpRequest;
  /** Read once, when the verb wants it. */
  body(): Promise<Buffer>;
  /** Texts for Warning headers; steps add to it. */
  warnings: string[];
}

export const cacheOf = (call: Call): ResourceCache => call.core.caches.of(call.kind.storage);

/** The key of the object that the request names. */
export const keyOf = (call: Call): string => keyIn(call.kind, call.info.namespace, call.info.name);

export function keyIn(kind: Kind, namespace: string, name: string): string {
  return kind.namespaced ? `${namespace}/${name}` : name;
}

const conversions = new WeakMap<Kind, Conversion | 'none'>();

export function conversionFor(kind: Kind): Conversion | undefined {
  let found = conversions.get(kind);
  if (!found) {
    found = conversionOf(kind) ?? 'none';
    conversions.set(kind, found);
  }
  return found === 'none' ? undefined : found;
}

/** A stored object's parse in the form of `kind`. */
export function inForm(kind: Kind, object: AnyObject): AnyObject {
  const conversion = conversionFor(kind);
  const formed = conversion ? conversion.fromStored(object) : object;
  formed.apiVersion = kind.group ? `${kind.group}/${kind.version}` : kind.version;
  formed.kind = kind.kind;
  return formed;
}

const views = { whole: new WeakMap<Kind, View>(), bare: new WeakMap<Kind, View>() };

function plainView(kind: Kind, bare: boolean): View {
  const made = bare ? views.bare : views.whole;
  let view = made.get(kind);
  if (!view) {
    view = objectView(kind, conversionFor(kind), bare);
    made.set(kind, view);
  }
  return view;
}

/** How the answer is to be shown. `list`: it is one of many objects. Throws 406 and 400. */
export function viewFor(call: Call, list: boolean): View {
  const { form, kind, core } = call;
  if (form.shape === 'object') return plainView(kind, form.bare);
  if (form.shape === 'table') {
    const includeObject = includeObjectOf(call);
    return tableView(kind, { metaVersion: form.metaVersion, includeObject, conversion: conversionFor(kind), now: () => core.clock.now() });
  }
  const asked = form.shape === 'partialList' ? 'PartialObjectMetadataList' : 'PartialObjectMetadata';
  if (list !== (form.shape === 'partialList')) {
    const what = list ? 'is a list' : 'is not a list';
    throw failure(
      406,
      'NotAcceptable',
      `you requested ${asked}, but the requested object ${what} (*${goPackage(kind)}.${list ? kind.listKind : kind.kind})`,
    );
  }
  return partialView(form.metaVersion);
}

/** The package of the internal Go type, which the message names. */
const goPackage = ({ group, custom }: Kind) => (custom ? 'unstructured' : group === '' ? 'core' : (group.split('.')[0] ?? group));

function includeObjectOf(call: Call): IncludeObject {
  const asked = call.info.query.get('includeObject') || 'Metadata';
  if (asked === 'None' || asked === 'Metadata' || asked === 'Object') return asked;
  throw failure(400, 'BadRequest', `unrecognized includeObject value: ${JSON.stringify(asked)}`);
}

/** An answer that shows one object. */
export async function objectAnswer(call: Call, object: CachedObject, status = 200): Promise<Answer> {
  return formatted(call, { status, body: viewFor(call, false).one(object) });
}

/** Turns a JSON answer into YAML when that was asked for. */
export async function formatted(call: Call, answer: Answer): Promise<Answer> {
  if (call.form.format === 'json') return answer;
  const { dump } = await import('js-yaml');
  return { ...answer, body: Buffer.from(dump(JSON.parse(answer.body.toString()))), type: 'application/yaml' };
}

/** The media type of a body without its parameters; JSON when none is given. */
export function mediaTypeOf(call: Call): string {
  const header = call.request.headers['content-type'];
  if (!header) return 'application/json';
  return (header.split(';', 1)[0] ?? '').trim().toLowerCase();
}
