import { describe, expect, it } from 'vitest';
import type { Node } from '../../model/objects.ts';
import type { Container } from '../../model/objects-pod.ts';
import type { Workload } from '../../model/objects-workload.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import { buildPolicyModel } from '../model.ts';
import { at, grid, policy } from '../testing/cluster.ts';
import { detectEnforcement, traitsOf, underEnforcement } from './enforcement.ts';

function daemonSet(name: string, containers: readonly Container[] = [], namespace = 'kube-system'): Workload {
  return { metadata: { namespace, name }, spec: { template: { spec: { containers } } } };
}

function nodeWith(more: Partial<Node>): Node {
  return { metadata: { name: 'n1' }, ...more };
}

describe('detectEnforcement', () => {
  it.each([
    ['Calico', [daemonSet('calico-node', [], 'calico-system')]],
    ['Canal', [daemonSet('rke2-canal')]],
    ['Cilium', [daemonSet('anetd'), daemonSet('netd')]],
    ['Antrea', [daemonSet('antrea-agent')]],
    ['Weave Net', [daemonSet('weave-net', [{ name: 'weave' }, { name: 'weave-npc' }])]],
    ['OVN-Kubernetes', [daemonSet('ovnkube-node', [], 'openshift-ovn-kubernetes')]],
    ['kube-router', [daemonSet('kube-router', [{ args: ['--run-router=true', '--run-firewall=true'] }])]],
    ['kindnet', [daemonSet('kindnet', [{ image: 'docker.io/kindest/kindnetd:v20250214-acbabc1a' }])]],
    ['AWS VPC CNI', [daemonSet('aws-node', [{ name: 'aws-eks-nodeagent', args: ['--enable-network-policy=true'] }])]],
  ] as const)('%s enforces', (by, daemonSets) => {
    expect(detectEnforcement({ daemonSets })).toMatchObject({ enforced: 'yes', by });
  });

  it.each([
    ['Flannel', [daemonSet('kube-flannel-ds-amd64')]],
    ['Weave Net', [daemonSet('weave-net', [{ name: 'weave' }])]],
    ['kube-router', [daemonSet('kube-router', [{ args: ['--run-firewall=false'] }])]],
    ['kindnet', [daemonSet('kindnet', [{ image: 'kindest/kindnetd:v20230511-dc714da8' }])]],
    ['AWS VPC CNI', [daemonSet('aws-node', [{ name: 'aws-node' }])]],
    ['AWS VPC CNI', [daemonSet('aws-node', [{ name: 'aws-eks-nodeagent', args: ['--enable-network-policy=false'] }])]],
    ['Cilium', [daemonSet('cilium', [{ args: ['--enable-policy=never'] }])]],
  ] as const)('%s does not enforce so', (by, daemonSets) => {
    expect(detectEnforcement({ daemonSets })).toMatchObject({ enforced: 'no', by });
  });

  it('lets an enforcing plugin decide beside a plain one', () => {
    const found = detectEnforcement({ daemonSets: [daemonSet('kube-flannel-ds'), daemonSet('kube-network-policies')] });
    expect(found).toMatchObject({ enforced: 'yes', by: 'kube-network-policies' });
    expect(found.plugins.map(({ name }) => name)).toEqual(['kube-network-policies', 'Flannel']);
  });

  it('does not take the AWS termination handler for the CNI', () => {
    expect(detectEnforcement({ daemonSets: [daemonSet('aws-node-termination-handler')] }).enforced).toBe('unknown');
  });

  it('reads nodes when no DaemonSet can be seen', () => {
    const flannel = nodeWith({
      metadata: { name: 'n1', annotations: { 'flannel.alpha.coreos.com/backend-type': 'vxlan' } },
    });
    expect(detectEnforcement({ nodes: [flannel] })).toMatchObject({
      enforced: 'no',
      by: 'Flannel',
      plugins: [{ evidence: [{ fact: 'annotation flannel.alpha.coreos.com/backend-type', source: 'Node n1' }] }],
    });
    const calico = nodeWith({ status: { conditions: [{ type: 'NetworkUnavailable', reason: 'CalicoIsUp' }] } });
    expect(detectEnforcement({ nodes: [calico] })).toMatchObject({ enforced: 'yes', by: 'Calico' });
  });

  it('knows that K3s enforces beside its flannel, unless told not to', () => {
    const k3s = (args: string): Node =>
      nodeWith({
        metadata: {
          name: 'n1',
          annotations: { 'k3s.io/node-args': args, 'flannel.alpha.coreos.com/backend-type': 'vxlan' },
        },
        status: { nodeInfo: { kubeletVersion: 'v1.34.1+k3s1' } },
      });
    expect(detectEnforcement({ nodes: [k3s('["server"]')] })).toMatchObject({ enforced: 'yes', by: 'K3s' });
    expect(detectEnforcement({ nodes: [k3s('["server","--disable-network-policy"]')] }).enforced).toBe('no');
  });

  it('reads pods of DaemonSets when only pods can be seen', () => {
    const pods = [
      {
        metadata: {
          namespace: 'kube-system',
          name: 'cilium-x7',
          labels: { 'k8s-app': 'cilium' },
          ownerReferences: [{ kind: 'DaemonSet', name: 'cilium' }],
        },
      },
    ];
    expect(detectEnforcement({ pods })).toMatchObject({ enforced: 'yes', by: 'Cilium' });
  });

  it('does not know when it saw nothing', () => {
    expect(detectEnforcement({})).toEqual({ enforced: 'unknown', by: undefined, plugins: [] });
  });
});

describe('underEnforcement', () => {
  const facts = grid({ networkPolicies: [policy('x/deny', { podSelector: {} })] });
  const denied = evaluate(buildPolicyModel(facts), at(facts, 'y/a'), at(facts, 'x/a'), { protocol: 'TCP', port: 80 });

  it('turns a denial into "yes" where nothing enforces, and says so', () => {
    const flannel = detectEnforcement({ daemonSets: [daemonSet('kube-flannel-ds')] });
    expect(underEnforcement(denied, flannel)).toMatchObject({
      answer: 'yes',
      reasons: [{ code: 'notEnforced', by: 'Flannel' }],
    });
  });

  it('keeps a denial and adds the doubt where enforcement was not seen', () => {
    expect(underEnforcement(denied, detectEnforcement({}))).toMatchObject({
      answer: 'no',
      reasons: [{ code: 'enforcementUnknown' }],
    });
  });
});

it('knows that Cilium does not compare address blocks with pods', () => {
  expect(traitsOf('cilium')).toEqual({ hostNetwork: 'asNodes', blocksMatchPods: false });
  expect(traitsOf('something new')).toEqual({ hostNetwork: 'unknown', blocksMatchPods: true });
});
