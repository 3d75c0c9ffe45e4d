import { realClock } from '../types/part/clock.ts';
import { queueConformance } from './conformance.ts';
import { createMemoryQueue } from './memory.ts';

queueConformance('in memory', (backoff) => createMemoryQueue('test', realClock, backoff));
