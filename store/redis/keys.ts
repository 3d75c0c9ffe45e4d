/** A resource's keys share a hash tag, so that a function may touch all of them wherever Redis keeps them. */
export interface ResourceKeys {
  /** Hash: object key -> `<revision> <value>`. */
  objects: string;
  /** String: the newest revision. */
  revision: string;
  /** Stream with the IDs `<revision>-0`. */
  log: string;
}

export function resourceKeys(resource: string): ResourceKeys {
  return { objects: `{${resource}}:objects`, revision: `{${resource}}:revision`, log: `{${resource}}:log` };
}

/** Set of the names of all resources that somebody was about to write. */
export const RESOURCES_KEY = 'kumulus:resources';

export function poolKey(pool: string): string {
  return `kumulus:claims:${pool}`;
}
