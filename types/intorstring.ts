/** Numbers that may be percentages (`maxSurge: 25%`), as k8s.io/apimachinery/pkg/util/intstr reads them. */

export type IntOrString = number | string;

export class IntOrStringError extends Error {
  override name = 'IntOrStringError';
}

/**
 * The number itself, or that percentage of `total`, rounded as told (a Deployment rounds maxSurge up and maxUnavailable down).
 * Throws `IntOrStringError` for a text that is no percentage.
 */
export function scaledValue(value: IntOrString, total: number, roundUp: boolean): number {
  if (typeof value === 'number') return value;
  if (!value.endsWith('%')) throw new IntOrStringError('invalid value for IntOrString: invalid type: string is not a percentage');
  const digits = value.slice(0, -1);
  if (!/^[+-]?\d+$/.test(digits)) {
    throw new IntOrStringError(
      `invalid value for IntOrString: invalid value ${JSON.stringify(value)}: strconv.Atoi: parsing ${JSON.stringify(digits)}: invalid syntax`,
    );
  }
  const scaled = (Number(digits) * total) / 100;
  return roundUp ? Math.ceil(scaled) : Math.floor(scaled);
}
