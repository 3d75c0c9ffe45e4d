/** Which objects of a collection a request is about: label and field selectors. */
import { unsupportedField } from '../../types/kinds/field-selectors.ts';
import type { Kind } from '../../types/kinds/kind.ts';
import { type FieldTerm, labelMatcher, parseFieldSelector, SelectorError } from '../../types/selectors.ts';
import type { AnyObject } from '../../types/wire.ts';
import { badRequest } from '../errors.ts';
import type { CachedObject } from '../watch/cached-object.ts';
import { type Call, inForm } from './call.ts';

export interface Selection {
  /** Every object is selected: nobody has to look inside. */
  all: boolean;
  matches(object: CachedObject): boolean;
}

const EVERYTHING: Selection = { all: true, matches: () => true };

/** Throws 400 for a selector that can't be read. */
export function selectionOf(call: Call): Selection {
  const { kind, info } = call;
  const labelText = info.query.get('labelSelector') ?? '';
  const labels = labelText === '' ? undefined : readable(() => labelMatcher(labelText));
  const fields = fieldTerms(kind, info.query.get('fieldSelector') ?? '');
  if (info.name) fields.push({ path: 'metadata.name', operator: '=', value: info.name });
  if (!labels && fields.length === 0) return EVERYTHING;
  const view = (object: AnyObject) => inForm(kind, object);
  return {
    all: false,
    matches: (object) => {
      const facets = object.facets(kind, view);
      return fields.every((f) => (facets.fields[f.path] === f.value) === (f.operator === '=')) && (!labels || labels(facets.labels));
    },
  };
}

function readable<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof SelectorError ? badRequest(error.message) : error;
  }
}

function fieldTerms(kind: Kind, text: string): FieldTerm[] {
  if (text === '') return [];
  const terms = readable(() => parseFieldSelector(text));
  for (const { path } of terms) {
    const known = path === 'metadata.name' || (path === 'metadata.namespace' && kind.namespaced) || path in kind.fieldSelectors;
    if (!known) throw badRequest(unsupportedField(kind, path));
  }
  return terms;
}
