/**
 * What one kind does beyond the generic engine. The engine fixes the order: default, prepare, validate, store. Only `prepare*` may change
 * the object; `validate*` only looks (k8s.io/apiserver/pkg/registry/rest: RESTCreateStrategy, RESTUpdateStrategy).
 */
import type { AnyObject } from '../../types/wire.ts';

/** One fault in an object, as `field.Error` of k8s.io/apimachinery: it becomes a cause of a 422 Status. */
export interface FieldError {
  /** `spec.containers[0].name` */
  field: string;
  type:
    | 'required'
    | 'invalid'
    | 'notSupported'
    | 'forbidden'
    | 'duplicate'
    | 'tooLong'
    | 'tooMany'
    | 'typeInvalid'
    | 'internal'
    | 'notFound';
  value?: unknown;
  /** Of a value that is too big to repeat (field.OmitValueType). Default: it is shown. */
  omitValue?: boolean;
  detail: string;
  /** Of `notSupported`: the values that are. */
  supported?: string[];
}

export interface Strategy {
  /** Fills in what the server decides at creation, and resets what a client may not set (status). */
  prepareForCreate?(object: AnyObject): void;
  /** Carries over what an update may not touch (status), and raises `metadata.generation` when the spec changed. */
  prepareForUpdate?(object: AnyObject, before: AnyObject): void;
  /** Of the status subresource: carries over all but the status. */
  prepareForStatusUpdate?(object: AnyObject, before: AnyObject): void;
  validate?(object: AnyObject): FieldError[];
  validateUpdate?(object: AnyObject, before: AnyObject): FieldError[];
  /** Of the status subresource. Default: nothing is checked beyond the metadata. */
  validateStatusUpdate?(object: AnyObject, before: AnyObject): FieldError[];
  /** Of other subresources that take the object itself: `ephemeralcontainers`, `resize`, `approval`. */
  subresources?: Record<string, SubresourceStrategy>;
  /** A name that generateName or a client chose. Default: a DNS-1123 subdomain. */
  validateName?(name: string): string[];
  /** Texts for Warning headers. */
  warnings?(object: AnyObject): string[];
}

/** What a subresource may change of its object, and what is checked then. */
export interface SubresourceStrategy {
  prepare(object: AnyObject, before: AnyObject): void;
  validate(object: AnyObject, before: AnyObject): FieldError[];
}
