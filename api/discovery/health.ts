/** /healthz, /livez and /readyz: `ok`, or a list of checks (k8s.io/apiserver/pkg/server/healthz). */
import { type Answer, textAnswer } from '../http/answer.ts';

const CHECKS = ['ping', 'log', 'store', 'caches', 'bootstrap'];
const NAMES = new Set(['healthz', 'livez', 'readyz']);

/** `unwell` says what is not well, by check. Only readiness asks for more than that the process answers. */
export function health(path: string, query: URLSearchParams, unwell: () => Map<string, string>): Answer | undefined {
  const [, name = '', check] = path.split('/');
  if (!NAMES.has(name)) return undefined;
  const faults = name === 'livez' ? new Map<string, string>() : unwell();
  if (check !== undefined) {
    if (!CHECKS.includes(check)) return undefined;
    return faults.has(check) ? textAnswer(`internal server error: ${faults.get(check)}`, 500) : textAnswer('ok');
  }
  if (faults.size === 0 && !query.has('verbose')) return textAnswer('ok');
  const lines = CHECKS.map((c) => (faults.has(c) ? `[-]${c} failed: ${faults.get(c)}` : `[+]${c} ok`));
  return textAnswer(`${lines.join('\n')}\n${name} check ${faults.size === 0 ? 'passed' : 'failed'}\n`, faults.size === 0 ? 200 : 500);
}
