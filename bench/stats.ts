/** Medians and percentiles, and the table that every benchmark prints. */

/** The p-th quantile (0 to 1), by nearest rank; NaN of nothing. */
export function quantile(values: number[], p: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))] ?? Number.NaN;
}

export const median = (values: number[]): number => quantile(values, 0.5);

export type Row = [what: string, figure: string, aimOrPeer?: string];

/** As Markdown, so that it can be put into docs/performance.md as it is. */
export function printTable(title: string, rows: Row[]): void {
  console.log(`\n### ${title}\n\n| what | figure | aim, or peer |\n|---|---|---|`);
  for (const [what, figure, other = ''] of rows) console.log(`| ${what} | ${figure} | ${other} |`);
}

export const ms = (value: number): string => (value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`);
export const perSecond = (value: number): string => `${Math.round(value).toLocaleString('en')}/s`;
export const mib = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MiB`;
