import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding } from '../../../../shared/messages/finding.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { isFinished, isTerminating, podAddresses, podKey } from '../../../../shared/model/pods.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { downNodes } from '../../facts/nodes.ts';
import { addressMessages } from '../../messages/addresses.ts';

/** Two running pods with one address. */
export const addressGivenTwice = defineCheck<ClusterSubject>({
  id: 'netcni/address-given-twice',
  group: 'addresses',
  needs: [],
  uses: ['Pod', 'Node'],
  run: (_, { index }) => {
    const holders = new Map<string, Pod>();
    const findings: Finding[] = [];
    for (const pod of index.list('Pod')) {
      if (pod.spec?.hostNetwork === true || isFinished(pod) || isTerminating(pod)) continue;
      // What a silent node's pods hold may rightly be given to others by now.
      if (downNodes(index).has(pod.spec?.nodeName ?? '')) continue;
      for (const address of podAddresses(pod)) {
        const other = holders.get(address);
        if (other === undefined) holders.set(address, pod);
        else findings.push(twice(address, other, pod));
      }
    }
    return findings;
  },
});

function twice(address: string, one: Pod, other: Pod): Finding {
  const where = (pod: Pod): string => `${podKey(pod)} on node ${pod.spec?.nodeName ?? ''}`;
  return addressMessages.CNI313.raise({
    subject: { kind: 'Pod', namespace: other.metadata?.namespace ?? '', name: other.metadata?.name ?? '' },
    args: { address, a: where(one), b: where(other) },
    pods: [...new Set([one, other].map((pod) => nodeKey(pod.spec?.nodeName ?? '')))],
    evidence: [one, other].map((pod) => ({ fact: `address ${address}`, source: `Pod ${podKey(pod)} status.podIPs` })),
  });
}
