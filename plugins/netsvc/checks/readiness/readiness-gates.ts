import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { conditionOf } from '../../../../shared/model/pods.ts';
import { ago } from '../../../../shared/util/duration.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { readinessMessages } from '../../messages/readiness.ts';
import type { ServiceSubject } from '../../service-subject.ts';
import { podSource } from '../pods/pod-evidence.ts';
import { groupBy, ownerKey, podKeys, thePods } from '../pods/pod-groups.ts';
import { type PodIn, podsIn, servicePods } from '../pods/service-pods.ts';
import { POD_USES } from '../pods/workloads-behind.ts';
import { weighUnready } from './unready-weight.ts';

/** Pods whose containers are all ready and that a readiness gate keeps out. */
export const readinessGates = defineCheck<ServiceSubject>({
  id: 'netsvc/readiness-gates',
  group: 'readiness',
  needs: ['Pod'],
  uses: POD_USES,
  applies: (subject) => subject.selector !== undefined,
  run: (subject, { index }) =>
    groupBy(podsIn(servicePods(index, subject), 'gated'), (entry) => {
      const gates = entry.state.gates.map((gate) => `${gate.type}=${gate.status}`);
      return [ownerKey(entry), ...gates].join(' ');
    }).map((group) => raise(index, subject, group)),
});

function raise(
  index: ClusterIndex,
  subject: ServiceSubject,
  group: readonly [PodIn<'gated'>, ...PodIn<'gated'>[]],
): Finding {
  const [first] = group;
  const all = servicePods(index, subject);
  const [gate] = first.state.gates;
  const when = ago(first.state.since, index.now);
  const ready = conditionOf(first.pod, 'Ready');
  const state =
    gate?.status === 'absent'
      ? 'no controller has set that condition'
      : `the condition is ${gate?.status ?? ''}${gate?.message === '' ? '' : ` (${shorten(gate?.message ?? '', 160)})`}`;
  return readinessMessages.SVC312.raise({
    subject: first.owner,
    args: {
      pods: thePods(group, all),
      gate: first.state.gates.map((entry) => entry.type).join(', '),
      state: state + (when === '' ? '' : `, for ${when.replace(' ago', '')}`),
    },
    pods: podKeys(group),
    evidence: [
      ...first.state.gates.map((entry) => ({
        fact: `condition ${entry.type} is ${entry.status}${entry.message === '' ? '' : `: ${shorten(entry.message, 200)}`}`,
        source: `${podSource(first)} status.conditions`,
      })),
      {
        fact: `Ready False, ${ready?.reason ?? ''}: "${shorten(ready?.message ?? '', 200)}"`,
        source: `${podSource(first)} status.conditions`,
      },
    ],
    ...weighUnready(index, subject, group, undefined),
    confidence: 'proven',
    fixes: gateFixes(gate?.type ?? '', subject.namespace),
  });
}

/** Who sets the gates that are common in the field, and where it tells why it does not. */
const SETTERS: readonly (readonly [RegExp, string, (namespace: string) => string])[] = [
  [
    /^target-health\.(elbv2\.k8s\.aws|alb\.ingress\.k8s\.aws)\//,
    'see how the load balancer judges the targets (set by the AWS Load Balancer Controller)',
    (namespace) => `kubectl describe targetgroupbindings -n ${namespace}`,
  ],
  [
    /^cloud\.google\.com\/load-balancer-neg-ready$/,
    'see the network endpoint groups (set by GKE once the load balancer finds the pod healthy)',
    (namespace) => `kubectl get servicenetworkendpointgroups -n ${namespace}`,
  ],
];

function gateFixes(gate: string, namespace: string): readonly Fix[] {
  const known = SETTERS.find(([pattern]) => pattern.test(gate));
  if (known !== undefined) return [{ title: known[1], command: known[2](namespace), risk: 'none' }];
  return [
    {
      title: 'find the controller that should set it (the prefix of its name says whose it is)',
      command: `kubectl get pods -A | grep -i -E 'controller|operator'`,
      risk: 'none',
    },
  ];
}
