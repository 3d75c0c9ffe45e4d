/** How something is to be deleted: DeleteOptions, from the body or the query (k8s.io/apimachinery: ValidateDeleteOptions). */
import { badRequest, invalid } from '../errors.ts';
import type { FieldError } from '../kinds/strategy.ts';
import { PROTOBUF } from '../output/accept.ts';
import { type Call, mediaTypeOf } from './call.ts';
import { explainJson } from './json-error.ts';
import { parseWhole } from './resource-version.ts';
import { parseYaml } from './yaml.ts';

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: string;
  /** The older way to say `propagationPolicy`. */
  orphanDependents?: boolean;
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: string[];
}

/** Throws 400 and 422. */
export async function readDeleteOptions(call: Call): Promise<DeleteOptions> {
  const body = await call.body();
  const options = body.length > 0 ? await fromBody(call, body) : fromQuery(call.info.query);
  const errors = faultsOf(options);
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors);
  if (options.gracePeriodSeconds !== undefined && options.gracePeriodSeconds < 0) options.gracePeriodSeconds = 1;
  return options;
}

async function fromBody(call: Call, body: Buffer): Promise<DeleteOptions> {
  const parsed = await parse(call, body);
  if (parsed.kind && parsed.kind !== 'DeleteOptions') {
    throw badRequest(
      `no kind ${JSON.stringify(parsed.kind)} is registered for version ${JSON.stringify(parsed.apiVersion)} in the options of a deletion`,
    );
  }
  return parsed;
}

async function parse(call: Call, body: Buffer): Promise<Parsed> {
  const type = mediaTypeOf(call);
  if (type === 'application/yaml') return fromYaml(body);
  if (type !== PROTOBUF) return fromJson(body);
  const { decodeProtobuf } = await import('../protobuf/decode.ts');
  return decodeProtobuf(body, () => ['k8s.io.apimachinery.pkg.apis.meta.v1.DeleteOptions']) as Parsed;
}

type Parsed = DeleteOptions & { kind?: string; apiVersion?: string };

function fromJson(body: Buffer): Parsed {
  try {
    return (JSON.parse(body.toString()) ?? {}) as Parsed;
  } catch {
    throw badRequest(`couldn't get version/kind; json parse error: ${explainJson(body.toString())}`);
  }
}

async function fromYaml(body: Buffer): Promise<Parsed> {
  try {
    return ((await parseYaml(body.toString())) ?? {}) as Parsed;
  } catch (error) {
    throw badRequest(`error converting YAML to JSON: ${(error as Error).message}`);
  }
}

function fromQuery(query: URLSearchParams): DeleteOptions {
  const options: DeleteOptions = {};
  const grace = parseWhole(query.get('gracePeriodSeconds'));
  if (grace !== undefined) options.gracePeriodSeconds = grace;
  const policy = query.get('propagationPolicy');
  if (policy) options.propagationPolicy = policy;
  const orphan = query.get('orphanDependents');
  if (orphan !== null) options.orphanDependents = orphan !== 'false' && orphan !== '0';
  const dryRun = query.getAll('dryRun').filter(Boolean);
  if (dryRun.length > 0) options.dryRun = dryRun;
  return options;
}

const POLICIES = ['Foreground', 'Background', 'Orphan'];

function faultsOf(options: DeleteOptions): FieldError[] {
  const errors: FieldError[] = [];
  const { propagationPolicy: policy, dryRun } = options;
  if (policy !== undefined && options.orphanDependents !== undefined) {
    const detail = 'orphanDependents and deletionPropagation cannot be both set';
    errors.push({ field: 'propagationPolicy', type: 'invalid', value: policy, detail });
  } else if (policy !== undefined && !POLICIES.includes(policy)) {
    errors.push({ field: 'propagationPolicy', type: 'notSupported', value: policy, detail: '', supported: [...POLICIES, 'nil'] });
  }
  if (dryRun?.some((value) => value !== 'All')) {
    errors.push({ field: 'dryRun', type: 'notSupported', value: dryRun, detail: '', supported: ['All'] });
  }
  return errors;
}
