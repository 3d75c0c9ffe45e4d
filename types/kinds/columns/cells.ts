/** Which function makes the printer cells of which built-in kind. */
import type { Json, Kind } from '../kind.ts';

type Cells = Kind['cells'];

/** Kinds without columns of their own: name and creation time. */
const nameAndAge: Cells = (object) => {
  const metadata = object.metadata as { name?: string; creationTimestamp?: string } | undefined;
  const cells: Json[] = [metadata?.name ?? '', metadata?.creationTimestamp ?? '<unknown>'];
  return cells;
};

export function cellsOf(_group: string, _kind: string): Cells {
  return nameAndAge;
}
