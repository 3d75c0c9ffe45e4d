/**
 * Hands out the addresses of a range to owners (pods by uid, nodes by name). Who holds an address is written down nowhere but in the API
 * (a pod's or node's status): a new process takes those over with `adopt` before it hands out any.
 */
import type { Clock } from '../../types/part/clock.ts';
import { addressOf, type Cidr, numberOf } from './cidr.ts';

/** Milliseconds that a released address rests, so that a client that still knows it does not reach the wrong pod. */
const QUARANTINE = 30_000;

export class AddressesExhausted extends Error {
  override name = 'AddressesExhausted';
}

export interface Addresses {
  /** The owner's address: the one it holds, else a free one. Throws `AddressesExhausted`. */
  assign(owner: string): string;
  /** Lets the owner hold this very address. False when it is not of this range, or is another's. */
  adopt(owner: string, address: string): boolean;
  /** Gives the owner's address back; it rests for a while. */
  release(owner: string): void;
  readonly held: number;
}

/** Addresses go round the range, so that one comes again as late as possible; those that end in .0 and .255 are left out. */
export function createAddresses(range: Cidr, clock: Clock): Addresses {
  const owners = new Map<string, number>();
  const held = new Set<number>();
  /** In the order in which they were released; the value is when the rest ends. */
  const resting = new Map<number, number>();
  let at = 0;
  const free = (number: number) =>
    !held.has(number) && !resting.has(number) && (range.size < 256 || ((number & 255) !== 0 && (number & 255) !== 255));
  const wake = () => {
    const now = clock.now();
    for (const [number, until] of resting) {
      if (until > now) break;
      resting.delete(number);
    }
  };
  const hold = (owner: string, number: number) => {
    owners.set(owner, number);
    held.add(number);
    return addressOf(number);
  };
  return {
    assign: (owner) => {
      const own = owners.get(owner);
      if (own !== undefined) return addressOf(own);
      wake();
      for (let tried = 0; tried < range.size; tried++) {
        const number = range.first + at;
        at = (at + 1) % range.size;
        if (free(number)) return hold(owner, number);
      }
      throw new AddressesExhausted(`all ${range.size} addresses from ${addressOf(range.first)} on are in use`);
    },
    adopt: (owner, address) => {
      const number = numberOf(address);
      if (owners.has(owner)) return owners.get(owner) === number;
      if (number < range.first || number >= range.first + range.size || held.has(number)) return false;
      resting.delete(number);
      hold(owner, number);
      return true;
    },
    release: (owner) => {
      const number = owners.get(owner);
      if (number === undefined) return;
      owners.delete(owner);
      held.delete(number);
      resting.set(number, clock.now() + QUARANTINE);
    },
    get held() {
      return held.size;
    },
  };
}
