/** Resource quantities (`250m`, `1.5Gi`, `2e3`) as whole numbers, rounded up as Kubernetes rounds them (apimachinery's resource.Quantity). */

const QUANTITY = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+)|([KMGTPE]i|[numkMGTPE]))?$/;
const BELOW_ONE: Record<string, number> = { n: 1e9, u: 1e6, m: 1e3 };
const ABOVE_ONE: Record<string, number> = {
  ...{ k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** The quantity times `unit` (1 or 1000), rounded up. A factor below one divides, which is exact where multiplying would not be. */
function scaled(text: string | number, unit: number): number {
  const parts = QUANTITY.exec(String(text).trim());
  if (!parts) return 0;
  const [, sign, whole = '', fraction = '', exponent = '0', suffix = ''] = parts;
  const power = Number(exponent);
  const digits = Number(whole + fraction || '0') * unit * (ABOVE_ONE[suffix] ?? 1) * (power > 0 ? 10 ** power : 1);
  const divisor = 10 ** fraction.length * (BELOW_ONE[suffix] ?? 1) * (power < 0 ? 10 ** -power : 1);
  return Math.ceil((sign === '-' ? -digits : digits) / divisor);
}

/** Thousandths: what cpu is counted in. What is not a quantity counts as 0. */
export function milliOf(text: string | number): number {
  return scaled(text, 1000);
}

/** Whole units: bytes, devices, pods. What is not a quantity counts as 0. */
export function unitsOf(text: string | number): number {
  return scaled(text, 1);
}
