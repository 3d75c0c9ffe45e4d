/** What many kinds' cells are made of. */
import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { timeSince } from '../../duration.ts';
import { formatLabelSelector, type LabelSelector } from '../../selectors.ts';
import type { ObjectMeta, Wire } from '../../wire.ts';
import type { Json } from '../kind.ts';

/** The cells of an object of a known shape; `now` in ms. */
export type Cells<T> = (object: T, now: number) => Json[];

export const NONE = '<none>';
export const UNSET = '<unset>';

export const nameOf = (object: { metadata?: ObjectMeta }) => object.metadata?.name ?? '';

/** `<unknown>` for an object that was never stored. */
export const ageOf = (object: { metadata?: ObjectMeta }, now: number) => timeSince(object.metadata?.creationTimestamp, now);

export const orNone = (text: string | undefined | null) => text || NONE;

/** `a=b,c=d` in order of key. */
export function labelsText(labels: Record<string, string> | undefined | null): string {
  const text = Object.keys(labels ?? {})
    .sort()
    .map((key) => `${key}=${labels?.[key]}`)
    .join(',');
  return orNone(text);
}

export function selectorText(selector: LabelSelector | undefined | null): string {
  try {
    return orNone(formatLabelSelector(selector));
  } catch {
    return '<error>';
  }
}

type Template = Wire<V1PodTemplateSpec> | undefined | null;

export const containerNames = (template: Template) => (template?.spec?.containers ?? []).map((c) => c.name).join(',');
export const containerImages = (template: Template) => (template?.spec?.containers ?? []).map((c) => c.image ?? '').join(',');

/** The first three, and how many more there are. */
export function firstThree(items: string[]): string {
  const shown = items.slice(0, 3).join(',');
  return items.length > 3 ? `${shown} + ${items.length - 3} more...` : shown;
}
