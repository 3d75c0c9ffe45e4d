/** What goes wrong: while an expression is read and checked, and while it runs. */

/** One fault of an expression; `offset` counts characters from its start. */
export interface Issue {
  offset: number;
  message: string;
}

/** As cel-go writes faults: the place, the line, and a mark under it. */
export function issuesText(source: string, issues: readonly Issue[]): string {
  return issues.map((issue) => issueText(source, issue)).join('\n');
}

function issueText(source: string, { offset, message }: Issue): string {
  const before = source.slice(0, offset).split('\n');
  const column = before.at(-1)?.length ?? 0;
  const line = source.split('\n')[before.length - 1] ?? '';
  return `ERROR: <input>:${before.length}:${column + 1}: ${message}\n | ${line}\n | ${'.'.repeat(column)}^`;
}

/** Ends the reading of an expression that is none. */
export class SyntaxFault extends Error {
  readonly issue: Issue;
  constructor(issue: Issue) {
    super(issue.message);
    this.issue = issue;
  }
}

/** Ends an evaluation: `no such key: x`, `division by zero`. Inside of `||`, `&&`, `all` and `exists` another operand may make up for it. */
export class CelError extends Error {}

/** Ends an evaluation for good. */
export class CostError extends Error {}

export const noSuchOverload = () => new CelError('no such overload');
export const noSuchKey = (key: string) => new CelError(`no such key: ${key}`);
