/** The cloud: MachinePools keep Machines, Machines are provisioned, drained and given back. What runs on them is nodes/' business. */
import type { Controller } from '../controller.ts';
import { machineController } from './machine/controller.ts';
import { machinePoolController } from './pool/controller.ts';

export const cloudControllers: Controller[] = [machinePoolController, machineController];
