/** One state of one object in a watch cache: its bytes, and what was worked out from them when somebody had to look inside. */
import type { Kind } from '../../types/kinds/kind.ts';
import type { AnyObject } from '../../types/wire.ts';
import { decodeStored } from './bytes.ts';

/** What selectors look at. */
export interface Facets {
  labels: Record<string, string>;
  fields: Record<string, string>;
}

const NO_LABELS: Record<string, string> = Object.freeze({});

export class CachedObject {
  readonly key: string;
  readonly revision: number;
  readonly value: Buffer;
  /** The stored version's type. */
  readonly type: { apiVersion: string; kind: string };
  #shared: AnyObject | undefined;
  #facets: Facets | undefined;
  #facetsKind: Kind | undefined;

  constructor(key: string, revision: number, value: Buffer, type: { apiVersion: string; kind: string }) {
    this.key = key;
    this.revision = revision;
    this.value = value;
    this.type = type;
  }

  /** The same state under another resourceVersion: how an object that a selector no longer covers is shown as deleted. */
  at(revision: number): CachedObject {
    return new CachedObject(this.key, revision, this.value, this.type);
  }

  /** A fresh parse that the caller may change. */
  parse(): AnyObject {
    return decodeStored(this.value, this.revision, this.type);
  }

  /** One parse for all who ask, kept as long as this state is: for resources that the server itself reads. Never change it. */
  shared(): AnyObject {
    this.#shared ??= this.parse();
    return this.#shared;
  }

  /** `view` turns the parsed object into the form of `kind`. The parse is not kept: 10,000 parsed pods are 24 MB. */
  facets(kind: Kind, view: (object: AnyObject) => AnyObject): Facets {
    if (this.#facets && this.#facetsKind === kind) return this.#facets;
    const object = view(this.#shared ?? this.parse());
    const fields: Record<string, string> = {
      'metadata.name': object.metadata?.name ?? '',
      'metadata.namespace': object.metadata?.namespace ?? '',
    };
    for (const [path, read] of Object.entries(kind.fieldSelectors)) fields[path] = read(object);
    this.#facets = { labels: object.metadata?.labels ?? NO_LABELS, fields };
    this.#facetsKind = kind;
    return this.#facets;
  }
}
