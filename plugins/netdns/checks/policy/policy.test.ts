import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { NetworkPolicy } from '../../../../shared/model/objects-network.ts';
import { namespace, networkPolicy, pod, workload } from '../../../../shared/testing/builders.ts';
import { causeCodes, checkObjects, dnsObjects } from '../../testing/dns-objects.ts';

type Egress = NonNullable<NonNullable<NetworkPolicy['spec']>['egress']>;

/** A plugin that enforces policies. */
const calico: KubeObject = workload(
  'DaemonSet',
  'calico-node',
  { 'k8s-app': 'calico-node' },
  {},
  { namespace: 'kube-system' },
);
const flannel: KubeObject = workload(
  'DaemonSet',
  'kube-flannel-ds',
  { app: 'flannel' },
  {},
  { namespace: 'kube-flannel' },
);
const names = [namespace('shop'), namespace('kube-system')];
const DNS_PODS = {
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
  podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
};
const egress = (rules: Egress) => networkPolicy('lock', { podSelector: {}, policyTypes: ['Egress'], egress: rules });
const check = (policy: KubeObject, plugin = calico) =>
  checkObjects([...dnsObjects(), ...names, plugin, pod('web-1'), policy]);
const port = (protocol: string) => ({ protocol, port: 53 });

describe('egress policies', () => {
  it('that forget DNS are named with the pods that they cut off, and a policy that mends it', () => {
    const report = check(egress([]));
    expect(report).toMatchObject({ verdict: 'broken', causes: [{ code: 'DNS401', severity: 'critical' }] });
    expect(report.headline).toContain('NetworkPolicy shop/lock lets no questions out on UDP 53 and TCP 53');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"name":"allow-dns","namespace":"shop"');
  });

  it('that allow DNS are silent', () => {
    expect(check(egress([{ to: [DNS_PODS], ports: [port('UDP'), port('TCP')] }]))).toMatchObject({
      verdict: 'healthy',
      causes: [],
    });
    expect(check(egress([{}]))).toMatchObject({ verdict: 'healthy' });
  });

  it('that allow UDP only are a warning', () => {
    const report = check(egress([{ to: [DNS_PODS], ports: [port('UDP')] }]));
    expect(report).toMatchObject({ verdict: 'degraded', causes: [{ code: 'DNS402' }] });
    const loose = check(egress([{ to: [DNS_PODS], ports: [port('UDP')] }]), flannel);
    expect(loose.causes[0]).toMatchObject({ code: 'DNS402', confidence: 'possible' });
  });

  it('that name a wrong label say which', () => {
    const wrong = { ...DNS_PODS, podSelector: { matchLabels: { 'k8s-app': 'coredns' } } };
    const report = check(egress([{ to: [wrong], ports: [port('UDP'), port('TCP')] }]));
    expect(report.causes[0]?.code).toBe('DNS401');
    expect(report.headline).toContain('label k8s-app=coredns is kube-dns on pod kube-system/coredns-1');
  });

  it('weigh less where nothing enforces them', () => {
    const report = check(egress([]), flannel);
    expect(report.causes[0]).toMatchObject({ code: 'DNS401', severity: 'warning', confidence: 'possible' });
    expect(report.headline).toContain('nothing enforces policies here (Flannel)');
  });
});

describe('ingress policies on the DNS servers', () => {
  it('that let nobody in are told as such', () => {
    const shut = networkPolicy(
      'shut',
      { podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } }, policyTypes: ['Ingress'], ingress: [] },
      { namespace: 'kube-system' },
    );
    const report = check(shut);
    expect(report.causes[0]).toMatchObject({ code: 'DNS401' });
    expect(report.headline).toContain('NetworkPolicy kube-system/shut lets nobody like them in to the DNS servers');
  });

  it('that let only their own namespace in are one fault for all others, with the policy that mends it', () => {
    const own = networkPolicy(
      'own',
      { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }] }] },
      { namespace: 'kube-system' },
    );
    const callers = [pod('web-1'), pod('pay-1', { namespace: 'pay' })];
    const report = checkObjects([...dnsObjects(), ...names, namespace('pay'), calico, ...callers, own]);
    expect(causeCodes(report)).toEqual(['DNS401']);
    expect(report.headline).toContain('pods of namespaces pay and shop cannot resolve names');
    expect(report.headline).toContain('the rule means namespace kube-system, the pods that ask are in pay');
    const [fix] = report.causes[0]?.fixes ?? [];
    expect(fix?.command).toContain('"podSelector":{"matchLabels":{"k8s-app":"kube-dns"}},"policyTypes":["Ingress"]');
    expect(fix?.undo).toBe('kubectl delete networkpolicy allow-dns-questions -n kube-system');
  });
});
