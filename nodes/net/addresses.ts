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

interface State {
  range: Cidr;
  clock: Clock;
  owners: Map<string, number>;
  held: Set<number>;
  /** In the order in which they were released; the value is when the rest ends. */
  resting: Map<number, number>;
  /** Where the search goes on. Addresses go round the range, so that one comes again as late as possible. */
  at: number;
}

export function createAddresses(range: Cidr, clock: Clock): Addresses {
  const state: State = { range, clock, owners: new Map(), held: new Set(), resting: new Map(), at: 0 };
  return {
    assign: (owner) => {
      const own = state.owners.get(owner);
      return addressOf(own ?? hold(state, owner, nextFree(state)));
    },
    adopt: (owner, address) => adopt(state, owner, numberOf(address)),
    release: (owner) => release(state, owner),
    get held() {
      return state.held.size;
    },
  };
}

function nextFree(state: State): number {
  const { range, held, resting } = state;
  wake(state);
  for (let tried = 0; tried < range.size; tried++) {
    const number = range.first + state.at;
    state.at = (state.at + 1) % range.size;
    if (isUsual(range, number) && !held.has(number) && !resting.has(number)) return number;
  }
  throw new AddressesExhausted(`all ${range.size} addresses from ${addressOf(range.first)} on are in use`);
}

/** In all but small ranges, addresses that end in .0 and .255 are left out: some programs take them for something else. */
const isUsual = (range: Cidr, number: number) => range.size < 256 || ((number & 255) !== 0 && (number & 255) !== 255);

function wake({ resting, clock }: State): void {
  const now = clock.now();
  for (const [number, until] of resting) {
    if (until > now) break;
    resting.delete(number);
  }
}

function hold({ owners, held }: State, owner: string, number: number): number {
  owners.set(owner, number);
  held.add(number);
  return number;
}

function adopt(state: State, owner: string, number: number): boolean {
  const { range, owners, held, resting } = state;
  if (owners.has(owner)) return owners.get(owner) === number;
  if (number < range.first || number >= range.first + range.size || held.has(number)) return false;
  resting.delete(number);
  hold(state, owner, number);
  return true;
}

function release({ owners, held, resting, clock }: State, owner: string): void {
  const number = owners.get(owner);
  if (number === undefined) return;
  owners.delete(owner);
  held.delete(number);
  resting.set(number, clock.now() + QUARANTINE);
}
