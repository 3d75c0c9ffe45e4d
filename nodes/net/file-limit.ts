/** How many files and sockets this process may have open. */
import { readFileSync } from 'node:fs';

/** Where the system does not tell. */
const USUAL = 4096;

/** The soft limit, which Node raises to the hard one when it starts. */
export function openFilesLimit(): number {
  try {
    const line = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return line === 'unlimited' ? Number.POSITIVE_INFINITY : Number(line ?? USUAL);
  } catch {
    return USUAL;
  }
}

/** A quarter stays free for connections: without those the kubelets would be cut off from the API. */
export const listenersLimit = () => Math.floor(openFilesLimit() * 0.75);
