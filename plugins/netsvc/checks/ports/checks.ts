import type { ServiceCheck } from '../../service-subject.ts';
import { appListensElsewhere } from './app-listens-elsewhere.ts';
import { appProtocol } from './app-protocol.ts';
import { containerServesNothing } from './container-serves-nothing.ts';
import { hostPortConflict } from './host-port-conflict.ts';
import { listensOnLoopback } from './listens-on-loopback.ts';
import { namedPortMissing } from './named-port-missing.ts';
import { namedPortMissingInSome } from './named-port-missing-in-some.ts';
import { namedPortProtocol } from './named-port-protocol.ts';
import { portNameClash } from './port-name-clash.ts';
import { probePort } from './probe-port.ts';
import { servicePortsInvalid } from './service-ports-invalid.ts';
import { slicePortsDisagree } from './slice-ports-disagree.ts';
import { targetPortNotServed } from './target-port-not-served.ts';
import { targetPortProtocol } from './target-port-protocol.ts';

/** In reading order. */
export const portsChecks: readonly ServiceCheck[] = [
  servicePortsInvalid,
  namedPortMissing,
  namedPortMissingInSome,
  namedPortProtocol,
  portNameClash,
  targetPortNotServed,
  targetPortProtocol,
  appListensElsewhere,
  listensOnLoopback,
  containerServesNothing,
  probePort,
  appProtocol,
  slicePortsDisagree,
  hostPortConflict,
];
