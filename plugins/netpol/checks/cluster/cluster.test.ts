import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import { deployment, namespace, networkPolicy, pod, workload } from '../../../../shared/testing/builders.ts';
import { codesOf, found, lintObjects } from '../../testing/lint-objects.ts';

const around: readonly KubeObject[] = [namespace('shop'), pod('web-1'), pod('api-1', { labels: { app: 'api' } })];
const denyAll = networkPolicy('deny', { podSelector: {}, policyTypes: ['Ingress'] });

describe('policies-are-not-enforced', () => {
  it('is said before everything else', () => {
    const flannel = workload('DaemonSet', 'kube-flannel-ds', { app: 'flannel' }, {}, { namespace: 'kube-flannel' });
    const wrong = networkPolicy('wrong', { podSelector: {}, ingress: [{ ports: [{ port: 0 }] }] });
    const report = lintObjects([...around, denyAll, wrong], { cni: 'flannel' });
    expect(report.headline).toBe(
      'nothing enforces network policy here (Flannel): 2 policies are without effect, all traffic passes',
    );
    expect(report.causes.map(({ code }) => code)).toEqual(['POL401', 'POL322']);
    expect(codesOf(lintObjects([...around, flannel]))).toEqual([]);
  });

  it('gives the line that switches enforcement on where an argument switched it off', () => {
    const fixOf = (name: string, args: readonly string[]) => {
      const template = { spec: { containers: [{ name: 'aws-eks-nodeagent', args }] } };
      const agent = workload('DaemonSet', name, {}, { template }, { namespace: 'kube-system' });
      return found(lintObjects([...around, denyAll, agent], { cni: 'as it is seen' }), 'POL401')?.fixes[0];
    };
    const fix = fixOf('kube-router', ['--run-router=true', '--run-firewall=false']);
    expect(fix).toMatchObject({
      risk: 'high',
      command:
        'kubectl patch daemonset kube-router -n kube-system --type=json -p ' +
        `'[{"op":"replace","path":"/spec/template/spec/containers/0/args/1","value":"--run-firewall=true"}]'`,
    });
    expect(fix?.undo).toContain('"value":"--run-firewall=false"');
    expect(fixOf('aws-node', ['--enable-network-policy=false'])?.command).toMatch(
      /^kubectl patch configmap amazon-vpc-cni -n kube-system .+ && kubectl patch daemonset aws-node -n kube-system /,
    );
    expect(fixOf('kube-flannel-ds', [])).toBeUndefined();
  });

  it('is no fault where it cannot be seen, and said to be not checked', () => {
    const report = lintObjects([...around, denyAll]);
    expect(report.verdict).toBe('healthy');
  });
});

describe('feature-missing-in-plugin', () => {
  const range = networkPolicy('p', { podSelector: {}, ingress: [{ ports: [{ port: 80, endPort: 90 }] }] });
  const admin = {
    apiVersion: 'policy.networking.k8s.io/v1alpha1',
    kind: 'AdminNetworkPolicy',
    metadata: { name: 'a' },
    spec: { priority: 1, subject: { namespaces: {} }, ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] },
  } as KubeObject;

  it('names the field or the kind that the plugin ignores', () => {
    expect(found(lintObjects([...around, range], { cni: 'weave-net' }), 'POL402')?.summary).toBe(
      'Weave Net does not know endPort, which NetworkPolicy shop/p uses: only the first port of the range is opened',
    );
    expect(codesOf(lintObjects([...around, admin], { cni: 'cilium' }))).toEqual(['POL402 warning likely']);
  });

  it('is silent where the plugin knows it, and where the version was not seen', () => {
    expect(codesOf(lintObjects([...around, range, admin]))).toEqual([]);
    expect(codesOf(lintObjects([...around, range], { cni: 'cilium' }))).toEqual([]);
  });
});

describe('what nothing covers', () => {
  const codes = (...objects: readonly KubeObject[]) =>
    lintObjects([...around, ...objects]).findings.map(({ code }) => code);

  it('is a note: a namespace, and the workloads that are left beside others', () => {
    const other = namespace('data');
    const db = pod('db-1', { namespace: 'data' });
    const forWeb = networkPolicy('p', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] });
    expect(codes(other, db, denyAll)).toEqual(['POL411']);
    expect(codes(forWeb)).toEqual(['POL412']);
    expect(found(lintObjects([...around, forWeb]), 'POL412')?.summary).toContain('no policy covers Pod api-1');
  });

  it('is silent without any policy, and for namespaces of the cluster itself', () => {
    expect(codes()).toEqual([]);
    expect(codes(denyAll, pod('coredns', { namespace: 'kube-system' }))).toEqual([]);
    expect(codes(denyAll, deployment('later', { app: 'later' }))).toEqual([]);
  });
});

describe('policies-not-judged', () => {
  it('notes policies of Calico and Cilium', () => {
    const cilium = {
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      metadata: { name: 'l7', namespace: 'shop' },
      spec: { endpointSelector: {}, ingress: [] },
    } as KubeObject;
    expect(found(lintObjects([...around, cilium]), 'POL413')?.summary).toContain('1 policy of Cilium not judged');
  });
});
