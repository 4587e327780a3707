import { describe, expect, it } from 'vitest';
import type { ServiceSpec } from '../../../../shared/model/objects-network.ts';
import { event, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';

const pods = [pod('web-1')];

function diagnose(spec: Partial<ServiceSpec>, ...more: Parameters<typeof diagnoseObjects>[0]) {
  const web = {
    ...service('web', { type: 'LoadBalancer', ...spec }),
    status: { loadBalancer: { ingress: [{ ip: '198.51.100.1' }] } },
  };
  const report = diagnoseObjects([web, ...pods, ...slicesFor(web, pods), ...more], 'web');
  return { report, notes: report.findings.map((finding) => finding.code), causes: report.causes.map((c) => c.code) };
}

describe('load balancer settings', () => {
  it('notes who is let in, and blames ranges that are none', () => {
    expect(diagnose({ loadBalancerSourceRanges: ['10.0.0.0/8'] }).notes).toContain('SVC553');
    expect(diagnose({ loadBalancerSourceRanges: ['10.0.0.1', '10.0.0.0/8'] }).causes).toEqual(['SVC553']);
    expect(diagnose({ loadBalancerSourceRanges: ['0.0.0.0/0'] }).notes).toEqual([]);
  });

  it('lets everybody in where the limit stands, and back', () => {
    const web = service('web', { type: 'LoadBalancer' });
    const annotations = { 'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.0/8' };
    const noted = { ...web, metadata: { ...web.metadata, annotations } };
    const byAnnotation = diagnoseObjects([noted, ...pods, ...slicesFor(web, pods)], 'web');
    const [fix] = byAnnotation.findings.find(({ code }) => code === 'SVC553')?.fixes ?? [];
    expect(fix?.command).toContain('"service.beta.kubernetes.io/load-balancer-source-ranges":null');
    expect(fix?.command).not.toContain('spec');
    expect(fix?.undo).toContain('"service.beta.kubernetes.io/load-balancer-source-ranges":"10.0.0.0/8"');
    const { report } = diagnose({ loadBalancerSourceRanges: ['10.0.0.0/8'] });
    const [plain] = report.findings.find(({ code }) => code === 'SVC553')?.fixes ?? [];
    expect(plain?.command).toContain('{"spec":{"loadBalancerSourceRanges":null}}');
    expect(plain?.undo).toContain('{"spec":{"loadBalancerSourceRanges":["10.0.0.0/8"]}}');
  });

  it('notes an address other than the one asked for', () => {
    expect(diagnose({ loadBalancerIP: '203.0.113.1' }).notes).toContain('SVC554');
    expect(diagnose({ loadBalancerIP: '198.51.100.1' }).notes).not.toContain('SVC554');
  });

  it('notes a load balancer without node ports', () => {
    expect(diagnose({ allocateLoadBalancerNodePorts: false }).notes).toContain('SVC555');
    const ports = [{ port: 80, targetPort: 8080, nodePort: 30080 }];
    expect(diagnose({ allocateLoadBalancerNodePorts: false, ports }).notes).not.toContain('SVC555');
  });
});

describe('health-check-port', () => {
  const spec = { externalTrafficPolicy: 'Local', healthCheckNodePort: 31000 };

  it('tells that kube-proxy could not open it', () => {
    const about = service('web');
    const why = event(
      about,
      'FailedToStartServiceHealthcheck',
      'node n1 failed to start healthcheck "shop/web" on port 31000: listen tcp :31000: bind: address already in use',
    );
    const { causes, report } = diagnose(spec, why);
    expect(causes).toEqual(['SVC572']);
    expect(report.headline).toContain('address already in use');
  });

  it('stays silent otherwise', () => {
    expect(diagnose(spec).causes).toEqual([]);
  });
});
