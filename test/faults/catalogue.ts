import { edgeFaults } from './edge-faults.ts';
import type { Fault } from './fault.ts';
import { leftoverFaults } from './leftover-faults.ts';
import { neighbourFaults } from './neighbour-faults.ts';
import { podFaults } from './pod-faults.ts';
import { portFaults } from './port-faults.ts';
import { readinessFaults } from './readiness-faults.ts';
import { selectorFaults } from './selector-faults.ts';
import { serviceFaults } from './service-faults.ts';

/** Every incident and control that a real cluster can have in one namespace, in reading order. */
export const faults: readonly Fault[] = [
  ...selectorFaults,
  ...podFaults,
  ...readinessFaults,
  ...portFaults,
  ...serviceFaults,
  ...edgeFaults,
  ...neighbourFaults,
  ...leftoverFaults,
];
