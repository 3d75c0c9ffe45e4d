/** Randomness is injected, so that a run can be repeated from a seed. Secrets (keys, tokens) never come from here. */
import { randomBytes } from 'node:crypto';

export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  int(below: number): number;
  /** An RFC 4122 version 4 UUID. */
  uuid(): string;
  /** `length` characters of the alphabet that Kubernetes uses for generated names (no vowels, no look-alikes). */
  suffix(length: number): string;
}

/** k8s.io/apimachinery/pkg/util/rand: the characters of generateName suffixes. */
const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

function fromWords(word: () => number): Random {
  const next = () => word() / 0x1_0000_0000;
  const int = (below: number) => Math.floor(next() * below);
  return {
    next,
    int,
    uuid: () => {
      const bytes: number[] = [];
      for (let i = 0; i < 4; i++) {
        const w = word();
        bytes.push(w & 255, (w >>> 8) & 255, (w >>> 16) & 255, w >>> 24);
      }
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      const h = bytes.map((b) => HEX[b]);
      return `${h.slice(0, 4).join('')}-${h.slice(4, 6).join('')}-${h.slice(6, 8).join('')}-${h.slice(8, 10).join('')}-${h.slice(10).join('')}`;
    },
    suffix: (length) => {
      let out = '';
      for (let i = 0; i < length; i++) out += SAFE_ALPHABET[int(SAFE_ALPHABET.length)];
      return out;
    },
  };
}

/** Unpredictable randomness from the operating system, drawn in blocks. */
export function systemRandom(): Random {
  let block = randomBytes(4096);
  let at = 0;
  return fromWords(() => {
    if (at + 4 > block.length) {
      block = randomBytes(4096);
      at = 0;
    }
    const word = block.readUInt32LE(at);
    at += 4;
    return word;
  });
}

/** Repeatable randomness (mulberry32) from a 32-bit seed. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return fromWords(() => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  });
}
