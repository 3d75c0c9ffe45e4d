/** Plain counters, kept for each cluster and each rule; they only grow, but for the two gauges. */
export interface Counters {
  /** Requests (HTTP) or connections (TCP) that were begun. */
  requests: number;
  /** By class of status: 1xx at 0 to 5xx at 4. HTTP only. */
  statuses: [number, number, number, number, number];
  /** Tries at a further endpoint. */
  retries: number;
  /** Requests that the proxy itself had to answer with an error, and connections that it had to refuse. */
  failures: number;
  /** Gauge: requests or connections under way. */
  active: number;
}

export function newCounters(): Counters {
  return { requests: 0, statuses: [0, 0, 0, 0, 0], retries: 0, failures: 0, active: 0 };
}

export function countStatus(counters: Counters, status: number): void {
  const at = Math.floor(status / 100) - 1;
  if (at >= 0 && at <= 4) counters.statuses[at as 0] += 1;
}
