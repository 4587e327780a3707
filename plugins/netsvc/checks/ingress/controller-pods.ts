import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Ingress, Service } from '../../../../shared/model/objects-network.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import type { Workload } from '../../../../shared/model/objects-workload.ts';
import { controllerOf, ownerOrPod } from '../../../../shared/model/owners.ts';
import { isFinished } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { matchesLabels } from '../../../../shared/model/selectors.ts';
import { selectorOf } from '../../../../shared/model/services.ts';
import { classNameOf } from './class-name.ts';

/** Controllers by the name in their IngressClass, and the pods that forward requests for them: `namespace/workload`. */
const FORWARD: readonly (readonly [controller: RegExp, workload: RegExp])[] = [
  [/^(k8s\.io\/.*ingress-nginx|nginx\.org\/ingress-controller)/, /ingress-nginx|nginx-ingress/],
  [/^traefik\.io\/ingress-controller/, /traefik/],
  [/haproxy/, /haproxy/],
  [/^projectcontour\.io\//, /(contour|\/).*envoy/],
  [/konghq\.com\/kong/, /kong/],
  [/^istio\.io\/ingress-controller/, /istio-ingressgateway/],
  [/^openshift\.io\/ingress-to-route/, /router-default/],
];

/** Workloads that stand beside a controller and forward nothing. */
const BESIDE = /admission|default-?backend|webhook|operator|cert|exporter|svclb-|dashboard|cleanup|migrat/;

/** How the controller of an Ingress is called in its IngressClass; undefined without a class, or where it is not known. */
export function controllerOfIngress(index: ClusterIndex, ingress: Ingress): string | undefined {
  const className = classNameOf(ingress);
  const found = className === undefined ? undefined : index.get('IngressClass', undefined, className);
  return found?.spec?.controller;
}

/** The pods that forward requests for a controller, as far as they were read. Empty for controllers that are not known. */
export function controllerPods(index: ClusterIndex, controller: string): readonly Pod[] {
  const known = FORWARD.find(([name]) => name.test(controller));
  if (known === undefined) return [];
  return index.memo(`ingress/controller-pods/${controller}`, () =>
    index.list('Pod').filter((pod) => {
      if (isFinished(pod) || controllerOf(pod)?.kind === 'Job') return false;
      const name = `${namespaceOf(pod)}/${ownerOrPod(index, pod).name}`;
      return known[1].test(name) && !BESIDE.test(name);
    }),
  );
}

/**
 * Deployments that would forward requests for a controller and are scaled to 0; none where something else of that name may
 * do it, as far as pods or workloads were read.
 */
export function controllersAtZero(index: ClusterIndex, controller: string): readonly Workload[] {
  const known = FORWARD.find(([name]) => name.test(controller));
  const [deployments, sets] = (['Deployment', 'DaemonSet'] as const).map((kind) =>
    index.list(kind).filter((workload) => {
      const name = `${namespaceOf(workload)}/${nameOf(workload)}`;
      return known?.[1].test(name) === true && !BESIDE.test(name);
    }),
  );
  const off = (deployments ?? []).filter(({ spec }) => spec?.replicas === 0);
  if (isWhollyRead(index, 'Pod')) return off;
  const all = isWhollyRead(index, 'Deployment') && isWhollyRead(index, 'DaemonSet');
  return all && off.length === deployments?.length && sets?.length === 0 ? off : [];
}

/** The Services of type LoadBalancer by which requests arrive at these pods. */
export function balancersOf(index: ClusterIndex, pods: readonly Pod[]): readonly Service[] {
  const namespaces = [...new Set(pods.map(namespaceOf))];
  return namespaces.flatMap((namespace) =>
    index.list('Service', namespace).filter((service) => {
      const selector = selectorOf(service);
      if (service.spec?.type !== 'LoadBalancer' || selector === undefined) return false;
      return pods.some((pod) => namespaceOf(pod) === namespace && matchesLabels(selector, pod.metadata?.labels));
    }),
  );
}

/** `Deployment ingress-nginx/ingress-nginx-controller`: the workloads of these pods, once each. */
export function workloadNames(index: ClusterIndex, pods: readonly Pod[]): readonly string[] {
  return [
    ...new Set(
      pods.map((pod) => {
        const { kind, name } = ownerOrPod(index, pod);
        return `${kind} ${namespaceOf(pod)}/${name === '' ? nameOf(pod) : name}`;
      }),
    ),
  ];
}
