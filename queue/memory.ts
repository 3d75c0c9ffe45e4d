/** The queue in memory: what is due runs in the order of adding, what is not yet due waits in a heap behind one timer. */
import type { Clock, Timer } from '../types/part/clock.ts';
import { backoffAfter } from './backoff.ts';
import { createHeap, type Heap } from './heap.ts';
import { type BackoffOptions, type Outcome, type Queue, Terminal, type Work, type WorkOptions } from './queue.ts';

interface Entry {
  key: string;
  /** When it is to run (again), by the clock's monotonic time; Infinity: not at all. */
  due: number;
  place: number;
  state: 'idle' | 'waiting' | 'due' | 'running';
  failures: number;
}

interface State {
  clock: Clock;
  backoff: BackoffOptions;
  entries: Map<string, Entry>;
  waiting: Heap<Entry>;
  /** Entries to be run next, from `head` on. */
  line: Entry[];
  head: number;
  running: number;
  timer: Timer | undefined;
  timerDue: number;
  pumping: boolean;
  run: Work | undefined;
  options: WorkOptions;
  ended: AbortController;
  drained: PromiseWithResolvers<void>;
}

const DONE = Promise.resolve();

export function createMemoryQueue(name: string, clock: Clock, backoff: BackoffOptions = {}): Queue {
  const state: State = {
    clock,
    backoff,
    entries: new Map(),
    waiting: createHeap(),
    line: [],
    head: 0,
    running: 0,
    timer: undefined,
    timerDue: Number.POSITIVE_INFINITY,
    pumping: false,
    run: undefined,
    options: {},
    ended: new AbortController(),
    drained: Promise.withResolvers(),
  };
  return {
    name,
    add: (key, options) => {
      add(state, key, options?.after ?? 0);
      return DONE;
    },
    work: (run, options = {}) => {
      if (state.run) throw new Error(`queue ${name} has its workers already`);
      state.run = run;
      state.options = options;
      schedulePump(state);
    },
    length: async () => state.waiting.size + state.line.length - state.head,
    drain: () => drain(state),
  };
}

function add(state: State, key: string, after: number): void {
  let entry = state.entries.get(key);
  if (!entry) {
    entry = { key, due: Number.POSITIVE_INFINITY, place: -1, state: 'idle', failures: 0 };
    state.entries.set(key, entry);
  }
  // `monotonic` is asked only where it matters: most adds are due at once.
  const due = after > 0 ? state.clock.monotonic() + after : Number.NEGATIVE_INFINITY;
  if (entry.state === 'running') entry.due = Math.min(entry.due, due);
  else if (entry.state !== 'due' && due < entry.due) place(state, entry, due);
}

/** Puts an entry, idle or waiting, where its due time belongs. */
function place(state: State, entry: Entry, due: number): void {
  entry.due = due;
  if (due === Number.NEGATIVE_INFINITY) {
    if (entry.place >= 0) state.waiting.remove(entry);
    entry.state = 'due';
    state.line.push(entry);
    schedulePump(state);
    return;
  }
  entry.state = 'waiting';
  if (entry.place >= 0) state.waiting.moveForward(entry);
  else state.waiting.push(entry);
  setTimer(state);
}

function setTimer(state: State): void {
  const first = state.waiting.first();
  if (!first || state.ended.signal.aborted || state.timerDue <= first.due) return;
  state.timer?.cancel();
  state.timerDue = first.due;
  state.timer = state.clock.after(Math.max(0, Math.ceil(first.due - state.clock.monotonic())), () => {
    state.timerDue = Number.POSITIVE_INFINITY;
    promote(state);
    setTimer(state);
  });
}

function promote(state: State): void {
  const now = state.clock.monotonic();
  for (let first = state.waiting.first(); first && first.due <= now; first = state.waiting.first()) {
    place(state, first, Number.NEGATIVE_INFINITY);
  }
}

/** In the next microtask, so that an add never runs work within itself. */
function schedulePump(state: State): void {
  if (state.pumping || !state.run) return;
  state.pumping = true;
  queueMicrotask(() => {
    state.pumping = false;
    pump(state);
  });
}

function pump(state: State): void {
  const workers = state.options.workers ?? 1;
  while (state.running < workers && state.head < state.line.length && !state.ended.signal.aborted) {
    void runOne(state, state.line[state.head++] as Entry);
  }
  if (state.head > 1024 && state.head * 2 > state.line.length) {
    state.line = state.line.slice(state.head);
    state.head = 0;
  }
}

async function runOne(state: State, entry: Entry): Promise<void> {
  entry.state = 'running';
  entry.due = Number.POSITIVE_INFINITY;
  state.running++;
  let delay: number | undefined;
  try {
    delay = delayOf(await (state.run as Work)(entry.key, state.ended.signal));
    entry.failures = 0;
  } catch (error) {
    entry.failures++;
    state.options.onError?.(entry.key, error, entry.failures);
    if (error instanceof Terminal) entry.failures = 0;
    else delay = backoffAfter(entry.failures, state.backoff);
  }
  settle(state, entry, delay);
}

const delayOf = (outcome: Outcome) => outcome?.requeueAfter;

function settle(state: State, entry: Entry, delay: number | undefined): void {
  const asked = delay === undefined ? Number.POSITIVE_INFINITY : state.clock.monotonic() + delay;
  const due = Math.min(entry.due, asked);
  entry.state = 'idle';
  entry.due = Number.POSITIVE_INFINITY;
  state.running--;
  if (due < Number.POSITIVE_INFINITY) place(state, entry, due);
  else state.entries.delete(entry.key);
  if (!state.ended.signal.aborted) schedulePump(state);
  else if (state.running === 0) state.drained.resolve();
}

function drain(state: State): Promise<void> {
  state.ended.abort();
  state.timer?.cancel();
  if (state.running === 0) state.drained.resolve();
  return state.drained.promise;
}
