/** Objects shown as the Table that kubectl prints (meta.k8s.io Table). Cells are made anew for each answer, since ages pass. */
import { timeSince } from '../../types/duration.ts';
import type { Json, Kind } from '../../types/kinds/kind.ts';
import type { AnyObject, ListMeta } from '../../types/wire.ts';
import type { Conversion } from '../convert/conversion.ts';
import type { CachedObject } from '../watch/cached-object.ts';
import { partialObject } from './partial.ts';
import { apiVersionOf, bookmarkLine, type View } from './view.ts';

/** What each row holds of its object besides the cells. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface TableOptions {
  metaVersion: string;
  includeObject: IncludeObject;
  conversion: Conversion | undefined;
  /** In ms. */
  now: () => number;
}

export function tableView(kind: Kind, options: TableOptions): View {
  const type = { apiVersion: `meta.k8s.io/${options.metaVersion}`, kind: 'Table' };
  const table = (objects: CachedObject[], meta: ListMeta, withColumns: boolean) => ({
    ...{ kind: type.kind, apiVersion: type.apiVersion, metadata: meta },
    columnDefinitions: withColumns ? kind.columns : null,
    rows: objects.map((object) => row(kind, object, options)),
  });
  const ofOne = (object: CachedObject, withColumns: boolean) => table([object], { resourceVersion: String(object.revision) }, withColumns);
  return {
    id: `table ${options.metaVersion} ${options.includeObject} ${apiVersionOf(kind)}`,
    one: (object) => Buffer.from(JSON.stringify(ofOne(object, true))),
    list: (objects, meta) => Buffer.from(JSON.stringify(table(objects, meta, true))),
    event: (name, object, first) => Buffer.from(`{"type":"${name}","object":${JSON.stringify(ofOne(object, first))}}\n`),
    bookmark: (revision, end) => bookmarkLine(type, revision, end, ',"columnDefinitions":null,"rows":[]'),
  };
}

function row(kind: Kind, cached: CachedObject, options: TableOptions): object {
  const { conversion, includeObject, metaVersion } = options;
  const parsed = cached.parse();
  const object: AnyObject = conversion ? conversion.fromStored(parsed) : parsed;
  const now = options.now();
  const cells = kind.cells(object, now).map((cell, i) => shown(cell, kind.columns[i]?.type, kind.custom, now));
  if (includeObject === 'None') return { cells, object: null };
  if (includeObject === 'Metadata') return { cells, object: partialObject(object, metaVersion) };
  return { cells, object: { ...object, kind: kind.kind, apiVersion: apiVersionOf(kind) } };
}

/** Of a custom kind, a cell of type date is shown as the time since it. */
function shown(cell: Json, type: string | undefined, custom: boolean, now: number): Json {
  if (type !== 'date' || !custom) return cell;
  return typeof cell === 'string' ? timeSince(cell, now) : '<unknown>';
}
