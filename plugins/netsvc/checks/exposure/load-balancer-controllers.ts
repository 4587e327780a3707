import { isWhollyRead } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';

/** Programs that give a Service of type LoadBalancer its address, by what their objects are called. */
const KNOWN: readonly (readonly [string, RegExp])[] = [
  ['MetalLB', /metallb/],
  ['kube-vip', /kube-vip/],
  ['K3s ServiceLB', /(^|\/)svclb-/],
  ['a cloud controller manager', /cloud-controller-manager|cloud-provider-kind|(^|[-/])ccm($|-)/],
  ['AWS Load Balancer Controller', /aws-load-balancer-controller/],
  ['OpenELB', /openelb|porter-manager/],
  ['PureLB', /purelb/],
  ['LoxiLB', /loxilb/],
  ['Cilium LB IPAM', /cilium-operator/],
  ['Tailscale', /tailscale-operator|(^|\/)tailscale\/operator/],
  ['Klipper', /klipper-lb/],
];

/** Cloud platforms by the scheme of a node's providerID: their controller often runs outside the cluster. */
const CLOUDS: Readonly<Record<string, string>> = {
  aws: 'AWS',
  gce: 'Google Cloud',
  azure: 'Azure',
  openstack: 'OpenStack',
  digitalocean: 'DigitalOcean',
  hcloud: 'Hetzner Cloud',
  linode: 'Linode',
  ibm: 'IBM Cloud',
  ocid1: 'Oracle Cloud',
  oci: 'Oracle Cloud',
  vsphere: 'vSphere',
  scaleway: 'Scaleway',
  exoscale: 'Exoscale',
  vultr: 'Vultr',
  ovh: 'OVHcloud',
  alicloud: 'Alibaba Cloud',
  qcloud: 'Tencent Cloud',
};

/** What could answer for a load balancer in this cluster, as far as it was seen. */
export interface Balancers {
  /** `MetalLB in metallb-system`. */
  readonly controllers: readonly string[];
  readonly cloud: string | undefined;
  /** How much was read: everything, something of other namespaces, or nothing of them. */
  readonly sight: 'whole' | 'part' | 'none';
}

/** Looks for programs that give out load balancer addresses. */
export function balancersIn(index: ClusterIndex, namespace: string): Balancers {
  return index.memo(`exposure/balancers/${namespace}`, () => {
    const objects: readonly KubeObject[] = [
      ...index.list('Deployment'),
      ...index.list('DaemonSet'),
      ...index.list('Pod'),
    ];
    const found = new Set<string>();
    for (const object of objects) {
      const path = `${namespaceOf(object)}/${nameOf(object)}`;
      for (const [name, shape] of KNOWN) if (shape.test(path)) found.add(`${name} in ${namespaceOf(object)}`);
    }
    const cloud = index
      .list('Node')
      .map((node) => CLOUDS[(node.spec?.providerID ?? '').split(/[:.]/)[0] ?? ''])
      .find((name) => name !== undefined);
    return {
      controllers: [...found].sort(),
      cloud,
      // Without a node it cannot be told whether a cloud gives out addresses, from outside the cluster.
      sight:
        index.list('Node').length > 0 && (isWhollyRead(index, 'Pod') || isWhollyRead(index, 'Deployment'))
          ? 'whole'
          : objects.some((object) => namespaceOf(object) !== namespace)
            ? 'part'
            : 'none',
    };
  });
}
