/**
 * The affinity terms that pods carry, each distinct one once, with a count of its carriers by domain. An incoming pod asks which of them
 * speak of it; the answer is kept for its class and only new terms are looked at the next time.
 */
import type { Census, Counter, Domains } from './census.ts';
import type { PodClass } from './pod-class.ts';
import type { Labels } from './selector.ts';
import { selects, type Term } from './terms.ts';

export type TermKind = 'requiredAffinity' | 'requiredAntiAffinity' | 'preferredAffinity' | 'preferredAntiAffinity';

export interface CarriedTerm {
  readonly kind: TermKind;
  readonly term: Term;
  readonly counter: Counter;
  /** Carriers by domain of the term's topology. */
  readonly carriers: Domains;
}

interface Memo {
  epoch: number;
  looked: number;
  readonly speaking: CarriedTerm[];
}

function statedBy(podClass: PodClass): [TermKind, Term][] {
  const { affinity, antiAffinity } = podClass;
  return [
    ...affinity.required.map((term): [TermKind, Term] => ['requiredAffinity', term]),
    ...antiAffinity.required.map((term): [TermKind, Term] => ['requiredAntiAffinity', term]),
    ...affinity.preferred.map((term): [TermKind, Term] => ['preferredAffinity', term]),
    ...antiAffinity.preferred.map((term): [TermKind, Term] => ['preferredAntiAffinity', term]),
  ];
}

export class CarriedTerms {
  readonly #census: Census;
  readonly #labelsOf: (namespace: string) => Labels;
  readonly #entries = new Map<string, CarriedTerm>();
  /** In the order in which they came; those that nobody carries any more stay (their counts are 0) until it is worth a clean-up. */
  #log: CarriedTerm[] = [];
  #epoch = 0;
  readonly #memos = new WeakMap<PodClass, Memo>();

  constructor(census: Census, labelsOf: (namespace: string) => Labels) {
    this.#census = census;
    this.#labelsOf = labelsOf;
  }

  enroll(podClass: PodClass): void {
    for (const [kind, term] of statedBy(podClass)) {
      const key = `${kind}|${term.key}`;
      const carries = (c: PodClass) => statedBy(c).some(([k, t]) => `${k}|${t.key}` === key);
      const counter = this.#census.counter({ key: `carriers|${key}`, namespace: undefined, counts: carries, terminatingToo: true });
      podClass.release.push(() => this.#release(key, counter));
      if (this.#entries.has(key)) continue;
      const carriers = this.#census.domains(counter, term.topologyKey, 'all', () => true);
      const entry = { kind, term, counter, carriers };
      this.#entries.set(key, entry);
      this.#log.push(entry);
    }
  }

  /** The carried terms that speak of a pod of this class. */
  speakingOf(podClass: PodClass): readonly CarriedTerm[] {
    let memo = this.#memos.get(podClass);
    if (!memo || memo.epoch !== this.#epoch) {
      memo = { epoch: this.#epoch, looked: 0, speaking: [] };
      this.#memos.set(podClass, memo);
    }
    if (memo.looked === this.#log.length) return memo.speaking;
    const namespaceLabels = this.#labelsOf(podClass.namespace);
    for (; memo.looked < this.#log.length; memo.looked++) {
      const entry = this.#log[memo.looked] as CarriedTerm;
      if (selects(entry.term, podClass.namespace, namespaceLabels, podClass.labels)) memo.speaking.push(entry);
    }
    return memo.speaking;
  }

  /** A namespace's labels have changed. */
  recheck(): void {
    this.#epoch++;
  }

  #release(key: string, counter: Counter): void {
    this.#census.release(counter);
    if (counter.users > 0) return;
    this.#entries.delete(key);
    if (this.#log.length < 32 || this.#entries.size * 2 > this.#log.length) return;
    this.#log = [...this.#entries.values()];
    this.#epoch++;
  }
}
