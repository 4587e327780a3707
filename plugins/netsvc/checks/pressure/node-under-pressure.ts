import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { nodeCondition } from '../../../../shared/model/pod-state-node.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { pressureMessages } from '../../messages/pressure.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { groupBy, podKeys, thePods } from '../pods/pod-groups.ts';
import { servicePods } from '../pods/service-pods.ts';
import { POD_USES } from '../pods/workloads-behind.ts';

const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

/** Nodes under the Service's pods that report a shortage: pods are evicted next. */
export const nodeUnderPressure = defineCheck<ServiceSubject>({
  id: 'netsvc/node-under-pressure',
  group: 'pressure',
  needs: ['Pod', 'Node'],
  uses: POD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index, now }) => {
    const all = servicePods(index, subject);
    const placed = all.filter((entry) => (entry.pod.spec?.nodeName ?? '') !== '');
    return groupBy(placed, (entry) => entry.pod.spec?.nodeName ?? '').flatMap((group) => {
      const name = group[0].pod.spec?.nodeName ?? '';
      const node = index.get('Node', undefined, name);
      const found = PRESSURES.flatMap((type) => {
        const condition = node === undefined ? undefined : nodeCondition(node, type);
        return condition?.status === 'True' ? [condition] : [];
      });
      const [first] = found;
      if (first === undefined) return [];
      return [
        pressureMessages.SVC904.raise({
          subject: { kind: 'Node', name },
          args: {
            node: name,
            pressure: found.map((condition) => condition.type ?? '').join(', '),
            message: shorten(first.message ?? '', 100),
            pods: thePods(group, all),
          },
          pods: podKeys(group),
          impact: (0.1 * group.length) / Math.max(1, all.length),
          evidence: found.map((condition) => ({
            fact: `condition ${condition.type ?? ''} is True, reason ${condition.reason ?? ''}, ${ago(condition.lastTransitionTime, now)}: "${shorten(condition.message ?? '', 200)}"`,
            source: `Node ${name} status.conditions`,
          })),
          fixes: [
            {
              title: 'see what the node reports and who uses it',
              command: `kubectl describe node ${name}`,
              risk: 'none',
            },
          ],
        }),
      ];
    });
  },
});
