import type { Check } from '../../../../shared/diagnose/check.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { apiUnreachable } from './api-unreachable.ts';
import { deadNode } from './dead-node.ts';
import { dnsService } from './dns-service.ts';
import { dnsServicePorts } from './dns-service-ports.ts';
import { kubeDnsConfig } from './kube-dns-config.ts';
import { kubeletAddress } from './kubelet-address.ts';
import { otherDns } from './other-dns.ts';
import { serversAnswer } from './servers-answer.ts';
import { serversDown } from './servers-down.ts';
import { serversMissing } from './servers-missing.ts';
import { serversRestart } from './servers-restart.ts';
import { spread } from './spread.ts';
import { strangeEndpoints } from './strange-endpoints.ts';

/** In reading order. */
export const serversChecks: readonly Check<DnsSubject>[] = [
  otherDns,
  kubeDnsConfig,
  deadNode,
  serversMissing,
  serversDown,
  apiUnreachable,
  serversRestart,
  serversAnswer,
  spread,
  dnsService,
  dnsServicePorts,
  strangeEndpoints,
  kubeletAddress,
];
