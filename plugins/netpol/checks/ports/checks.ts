import type { PolicyCheck } from '../../lint/policy-subject.ts';
import { servicePortInsteadOfTargetPort } from './service-port.ts';
import { unknownPortName } from './unknown-port-name.ts';

/** In reading order. */
export const portChecks: readonly PolicyCheck[] = [unknownPortName, servicePortInsteadOfTargetPort];
