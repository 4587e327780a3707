import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { NearMiss } from '../../../../shared/policy/services/near-misses.ts';
import type { AccessPort } from '../../../../shared/policy/services/service-access.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import { portFix, protocolFix } from './policy-fixes.ts';

/** A rule that opens another port, name or protocol than the Service sends to. */
export type PortMiss = Extract<NearMiss, { kind: 'servicePortInsteadOfTargetPort' | 'otherPorts' | 'unknownPortName' }>;

/** What the rule opens, in words. */
export function opensWords(miss: PortMiss): string {
  switch (miss.kind) {
    case 'otherPorts':
      return miss.ports;
    case 'unknownPortName': {
      const declared = miss.declared.map(({ name, protocol }) => (protocol === 'TCP' ? name : `${name} (${protocol})`));
      const but = declared.length === 0 ? '' : ` (they declare ${joinNames([...new Set(declared)], 4)})`;
      return `the port named "${miss.portName}", which the pods do not declare${but}`;
    }
    default:
      return String(miss.servicePort);
  }
}

/** Writes the pods' port or its protocol into the entry of the rule that was meant for it. */
export function rulePortFix(index: ClusterIndex, miss: PortMiss, closed: readonly AccessPort[]): Fix | undefined {
  const { policy, rule } = miss;
  switch (miss.kind) {
    case 'servicePortInsteadOfTargetPort': {
      const [target] = miss.targetPorts;
      return target === undefined ? undefined : portFix(index, policy, rule.index, { port: miss.servicePort }, target);
    }
    case 'unknownPortName': {
      const [port] = closed;
      return closed.length !== 1 || port === undefined
        ? undefined
        : portFix(index, policy, rule.index, { port: miss.portName }, port.targetPort);
    }
    default:
      return protocolFix(index, policy, rule.index, miss.targetPorts, miss.protocol);
  }
}
