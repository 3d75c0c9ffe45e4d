/** Where in an object a check is: written out only when there is something to say. */
export interface Path {
  parent: Path | undefined;
  /** A name, or a position in a list. */
  at: string | number;
}

export const child = (parent: Path | undefined, at: string | number): Path => ({ parent, at });

/** `spec.list[0].a`; empty for the root. */
export function textOf(path: Path | undefined): string {
  if (!path) return '';
  const before = textOf(path.parent);
  if (typeof path.at === 'number') return `${before}[${path.at}]`;
  return before ? `${before}.${path.at}` : path.at;
}
