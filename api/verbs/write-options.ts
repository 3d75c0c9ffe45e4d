/** The query of a request that writes (meta.k8s.io CreateOptions, UpdateOptions, PatchOptions), checked. */
import { invalid } from '../errors.ts';
import type { FieldError } from '../kinds/strategy.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface WriteOptions {
  dryRun: boolean;
  fieldValidation: FieldValidation;
  fieldManager: string;
}

/** `kind` names the options in messages. Throws 422. */
export function readWriteOptions(query: URLSearchParams, kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions'): WriteOptions {
  if (query.size === 0) return DEFAULTS;
  const errors: FieldError[] = [];
  const dryRun = query.getAll('dryRun').filter(Boolean);
  if (dryRun.some((value) => value !== 'All')) {
    errors.push({ field: 'dryRun', type: 'notSupported', value: dryRun, detail: '', supported: ['All'] });
  }
  const validation = query.get('fieldValidation') || 'Warn';
  if (validation !== 'Strict' && validation !== 'Warn' && validation !== 'Ignore') {
    errors.push({
      field: 'fieldValidation',
      type: 'notSupported',
      value: validation,
      detail: '',
      supported: ['', 'Ignore', 'Strict', 'Warn'],
    });
  }
  const manager = query.get('fieldManager') ?? '';
  if (manager.length > 128)
    errors.push({ field: 'fieldManager', type: 'tooLong', value: manager, detail: 'may not be more than 128 bytes' });
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind }, '', errors);
  return { dryRun: dryRun.length > 0, fieldValidation: validation as FieldValidation, fieldManager: manager };
}

const DEFAULTS: WriteOptions = { dryRun: false, fieldValidation: 'Warn', fieldManager: '' };
