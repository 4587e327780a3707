import { policyFix } from '../../../../shared/diagnose/policy-fix.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Labels } from '../../../../shared/model/objects.ts';
import type { Service } from '../../../../shared/model/objects-network.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { selectorOf } from '../../../../shared/model/services.ts';
import type { SideWalk } from '../../../../shared/policy/evaluate/verdict.ts';
import type { Direction } from '../../../../shared/policy/rules/rules.ts';
import { NAMESPACE_NAME_LABEL } from '../../../../shared/policy/rules/units.ts';
import type { CallerPort } from '../../../../shared/policy/services/caller-access.ts';
import { portFix } from './policy-fixes.ts';
import type { WalkMiss } from './walk-misses.ts';

/** Labels that a controller gives to one pod or one revision, by which no policy should select. */
const PASSING =
  /^(pod-template-hash|pod-template-generation|controller-revision-hash|statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index|batch\.kubernetes\.io\/.*|controller-uid|job-name|helm\.sh\/chart|app\.kubernetes\.io\/(version|managed-by)|chart|heritage)$/;

/** What a caller is selected by: its labels without those of one pod or revision. */
function stableLabels(pod: Pod): Labels {
  return Object.fromEntries(Object.entries(pod.metadata?.labels ?? {}).filter(([key]) => !PASSING.test(key)));
}

/** How to let one caller through on the side that denies it. Nothing where a policy of a higher tier denies. */
export function letThroughFixes(
  index: ClusterIndex,
  walk: SideWalk,
  caller: Pod,
  service: Service,
  port: CallerPort,
  misses: readonly WalkMiss[],
): readonly Fix[] {
  if (walk.decision.by !== 'isolation') return [];
  const number = port.told?.port;
  const [nearest] = misses;
  const alone = misses.filter(({ policy, rule }) => policy === nearest?.policy && rule === nearest.rule).length === 1;
  if (alone && nearest?.servicePort !== undefined && number !== undefined) {
    const fix = portFix(index, nearest.policy, nearest.rule, { port: nearest.servicePort }, number, walk.direction);
    if (fix !== undefined) return [fix];
  }
  const label = nearest?.namespaceLabel;
  const [value] = label?.values ?? [];
  const labels: readonly Fix[] =
    label === undefined || value === undefined || label.found !== undefined
      ? []
      : [
          {
            title: `give namespace ${label.namespace} the label that the rule wants`,
            command: `kubectl label namespace ${label.namespace} ${label.key}=${value}`,
            risk: 'low',
            undo: `kubectl label namespace ${label.namespace} ${label.key}-`,
          },
        ];
  const ports = [{ protocol: port.protocol, port: port.targetPort }];
  return [...labels, walk.direction === 'ingress' ? letIn(caller, service, ports) : letOut(caller, service, ports)];
}

/** Lets the pods with the caller's labels ask the DNS Service; where the servers let nobody in, everybody. */
export function letAskDns(caller: Pod, dns: Service, direction: Direction): Fix {
  const ports = ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 }));
  if (direction === 'egress') return { ...letOut(caller, dns, ports), title: 'let it ask the DNS servers' };
  return policyFix('let everybody ask the DNS servers', 'allow-dns', namespaceOf(dns), {
    podSelector: { matchLabels: selectorOf(dns) ?? {} },
    policyTypes: ['Ingress'],
    ingress: [{ ports }],
  });
}

type Ports = readonly { readonly protocol: string; readonly port: number | string }[];

function letIn(caller: Pod, service: Service, ports: Ports): Fix {
  const namespace = namespaceOf(service);
  const from = peer(namespace, namespaceOf(caller), stableLabels(caller));
  return throughFix(`${nameOf(service)}-from`, namespace, caller, {
    podSelector: { matchLabels: selectorOf(service) ?? {} },
    policyTypes: ['Ingress'],
    ingress: [{ from: [from], ports }],
  });
}

function letOut(caller: Pod, service: Service, ports: Ports): Fix {
  const namespace = namespaceOf(caller);
  const to = peer(namespace, namespaceOf(service), selectorOf(service) ?? {});
  return throughFix(`to-${nameOf(service)}`, namespace, caller, {
    podSelector: { matchLabels: stableLabels(caller) },
    policyTypes: ['Egress'],
    egress: [{ to: [to], ports }],
  });
}

function peer(home: string, namespace: string, labels: Labels): object {
  const podSelector = { matchLabels: labels };
  if (namespace === home) return { podSelector };
  return { namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: namespace } }, podSelector };
}

function throughFix(what: string, namespace: string, caller: Pod, spec: object): Fix {
  const labels = stableLabels(caller);
  const who = labels.app ?? labels['app.kubernetes.io/name'] ?? nameOf(caller);
  const name = `allow-${what}${what.endsWith('-from') ? `-${who}` : `-by-${who}`}`
    .toLowerCase()
    .slice(0, 63)
    .replace(/\W+$/, '');
  return policyFix('let pods with its labels through', name, namespace, spec);
}
