import { describe, expect, it } from 'vitest';
import type { ServiceSpec } from '../../../../shared/model/objects-network.ts';
import { event, pod, secondsAgo, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const pods = [pod('web-1')];
const balanced = (spec: Partial<ServiceSpec> = {}, meta = {}) =>
  service('web', { type: 'LoadBalancer', clusterIP: '10.96.10.10', ...spec }, meta);
const dns = pod('metrics-1', { namespace: 'kube-system', labels: { app: 'metrics' } });
function diagnose(web: ReturnType<typeof balanced>, ...more: Parameters<typeof diagnoseObjects>[0]) {
  return diagnoseObjects([web, ...pods, ...slicesFor(web, pods), dns, ...more], 'web');
}

describe('load-balancer-refused', () => {
  it('quotes the cloud and says what its message comes down to', () => {
    const web = balanced();
    const report = diagnose(
      web,
      event(
        web,
        'SyncLoadBalancerFailed',
        'Error syncing load balancer: failed to ensure load balancer: googleapi: Error 403: Quota exceeded',
      ),
    );
    expect(causeCodes(report)).toEqual(['SVC551']);
    expect(report.headline).toContain('SyncLoadBalancerFailed');
    expect(report.headline).toContain('the quota of the cloud account is used up');
  });

  it('quotes MetalLB and the AWS controller', () => {
    const web = balanced();
    const pool = event(web, 'AllocationFailed', 'Failed to allocate IP for "shop/web": no available IPs');
    expect(diagnose(web, pool).headline).toContain('the address pool is used up');
    const subnets = event(
      web,
      'FailedBuildModel',
      'Failed build model due to unable to resolve at least one subnet (0 match VPC and tags)',
    );
    expect(diagnose(web, subnets).headline).toContain('no subnet carries the tags');
  });

  it('reads the condition that Cilium writes', () => {
    const condition = {
      type: 'cilium.io/IPAMRequestSatisfied',
      status: 'False',
      reason: 'no_pool',
      message: 'There are no enabled CiliumLoadBalancerIPPools that match this service',
    };
    const web = { ...balanced(), status: { loadBalancer: {}, conditions: [condition] } };
    expect(diagnose(web).headline).toContain('no_pool');
  });

  it('forgets a failure that was followed by success', () => {
    const web = { ...balanced(), status: { loadBalancer: { ingress: [{ ip: '198.51.100.1' }] } } };
    const failed = event(web, 'SyncLoadBalancerFailed', 'Error syncing', { lastSeen: secondsAgo(500) });
    const done = event(web, 'EnsuredLoadBalancer', 'Ensured load balancer', {
      type: 'Normal',
      lastSeen: secondsAgo(300),
    });
    expect(diagnose(web, failed, done).verdict).toBe('healthy');
  });
});
