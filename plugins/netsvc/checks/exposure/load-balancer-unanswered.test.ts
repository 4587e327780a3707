import { describe, expect, it } from 'vitest';
import type { ServiceSpec } from '../../../../shared/model/objects-network.ts';
import { deployment, node, pod, secondsAgo, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const pods = [pod('web-1')];
const balanced = (spec: Partial<ServiceSpec> = {}, meta = {}) =>
  service('web', { type: 'LoadBalancer', clusterIP: '10.96.10.10', ...spec }, meta);
const dns = pod('metrics-1', { namespace: 'kube-system', labels: { app: 'metrics' } });
function diagnose(web: ReturnType<typeof balanced>, ...more: Parameters<typeof diagnoseObjects>[0]) {
  return diagnoseObjects([web, ...pods, ...slicesFor(web, pods), dns, node('n1'), ...more], 'web');
}

describe('load-balancer-unanswered', () => {
  it('says that nothing gives out addresses, and that the inside works', () => {
    const report = diagnose(balanced());
    expect(causeCodes(report)).toEqual(['SVC552']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('LoadBalancer Service shop/web has had no external address');
    expect(report.headline).toContain('nothing in this cluster gives out load balancer addresses');
    expect(report.causes[0]?.evidence.map((entry) => entry.fact).join()).toContain('10.96.10.10 is not affected');
  });

  it('is not so sure where no node was read: a cloud may answer from outside', () => {
    const web = balanced();
    const report = diagnoseObjects([web, ...pods, ...slicesFor(web, pods), dns], 'web');
    expect(report.headline).toContain('no controller has answered, and none that gives out addresses is in sight');
    expect(report.causes[0]?.confidence).toBe('likely');
  });

  it('names the class that nobody claims', () => {
    const report = diagnose(balanced({ loadBalancerClass: 'example.com/internal' }));
    expect(report.headline).toContain('no controller has answered for loadBalancerClass example.com/internal');
    expect(report.causes[0]?.fixes[0]).toMatchObject({
      command: `kubectl patch service web -n shop --type=merge -p '{"spec":{"type":"NodePort","loadBalancerClass":null}}'`,
      undo: `kubectl patch service web -n shop --type=merge -p '{"spec":{"type":"LoadBalancer","loadBalancerClass":"example.com/internal"}}'`,
    });
  });

  it('names the controller or cloud that should have answered, after some patience', () => {
    const metallb = deployment('controller', { app: 'metallb' }, {}, { namespace: 'metallb-system' });
    expect(diagnose(balanced(), metallb).headline).toContain('MetalLB in metallb-system has not answered');
    const young = { creationTimestamp: secondsAgo(20) };
    expect(diagnose(balanced({}, young), metallb).verdict).toBe('healthy');
    const cloudy = node('n1', true, { spec: { providerID: 'gce://project/zone/n1' } });
    expect(diagnose(balanced({}, young), cloudy).verdict).toBe('healthy');
    expect(diagnose(balanced(), cloudy).headline).toContain('Google Cloud');
  });

  it('names who holds the port that ServiceLB wants on every node', () => {
    const ports = [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }];
    const svclb = (name: string, of: string, namespace: string, more: Partial<Parameters<typeof pod>[1]>) =>
      pod(name, {
        namespace: 'kube-system',
        containers: [{ name: 'lb-tcp-80', ports }],
        labels: { 'svccontroller.k3s.cattle.io/svcname': of, 'svccontroller.k3s.cattle.io/svcnamespace': namespace },
        ...more,
      });
    const message = "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.";
    const waiting = svclb('svclb-web-1', 'web', 'shop', {
      status: {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
      },
    });
    const report = diagnose(balanced(), waiting, svclb('svclb-traefik-1', 'traefik', 'kube-system', { node: 'n1' }));
    expect(causeCodes(report)).toEqual(['SVC552']);
    expect(report.headline).toContain('no node with host port 80/TCP free: held by Service kube-system/traefik');
  });

  it('stays silent with an address', () => {
    const web = { ...balanced(), status: { loadBalancer: { ingress: [{ hostname: 'lb.example.com' }] } } };
    expect(diagnose(web).verdict).toBe('healthy');
  });
});
