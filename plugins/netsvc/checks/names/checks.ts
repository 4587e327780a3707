import type { ServiceCheck } from '../../service-subject.ts';
import { callerDns } from './caller-dns.ts';
import { callerHostAlias } from './caller-host-alias.ts';
import { callerNamespace } from './caller-namespace.ts';
import { callerPort } from './caller-port.ts';
import { nameForCaller } from './name-for-caller.ts';
import { namedServiceMissing } from './named-service-missing.ts';
import { serviceName } from './service-name.ts';

/** In reading order. */
export const namesChecks: readonly ServiceCheck[] = [
  serviceName,
  nameForCaller,
  callerHostAlias,
  callerDns,
  callerNamespace,
  callerPort,
  namedServiceMissing,
];
