/** What an apply is refused with when others own what it would change (managedfields/internal/conflict.go). */
import type { StatusCause } from '../../types/wire.ts';
import { failure, type StatusError } from '../errors.ts';
import type { Entry } from './entries.ts';
import { pathsOf, showPath } from './field-set.ts';
import { goQuote } from './go-text.ts';
import type { Conflicts } from './updater.ts';

/** 409 with a cause for each field. */
export function conflictError(conflicts: Conflicts[]): StatusError {
  const causes: StatusCause[] = [];
  const blocks: string[] = [];
  for (const { manager, set } of [...conflicts].sort((a, b) => (a.manager < b.manager ? -1 : 1))) {
    const who = showManager(manager);
    const fields = pathsOf(set).map(showPath);
    for (const field of fields) causes.push({ reason: 'FieldManagerConflict', message: `conflict with ${who}`, field });
    blocks.push([`conflicts with ${who}:`, ...fields.map((field) => `- ${field}`)].join('\n'));
  }
  const [only] = causes;
  const text =
    causes.length === 1 && only
      ? `Apply failed with 1 conflict: ${only.message}: ${only.field}`
      : `Apply failed with ${causes.length} conflicts: ${blocks.join('\n')}`;
  return failure(409, 'Conflict', text, { causes });
}

function showManager(id: string): string {
  const { manager = '', operation, apiVersion, subresource } = JSON.parse(id) as Entry;
  const name = `${goQuote(manager)}${subresource ? ` with subresource ${goQuote(subresource)}` : ''}`;
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}
