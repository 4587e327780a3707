import { describe, expect, it } from 'vitest';
import { node, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const nodes = [node('n1'), node('n2')];
const onN1 = [pod('web-1', { node: 'n1' })];
const everywhere = [pod('web-1', { node: 'n1' }), pod('web-2', { node: 'n2' })];

describe('external-traffic-local', () => {
  const ports = [{ port: 80, targetPort: 8080, nodePort: 30080, protocol: 'TCP' }];
  const nodePort = service('web', { type: 'NodePort', externalTrafficPolicy: 'Local', ports });

  it('names the nodes whose node port gives no answer', () => {
    const report = diagnoseObjects([nodePort, ...nodes, ...onN1, ...slicesFor(nodePort, onN1)], 'web');
    expect(causeCodes(report)).toEqual(['SVC569']);
    expect(report.headline).toContain('node port 30080 of Service shop/web gets no answer on n2');
  });

  it('judges by the ready pods where a dump holds no slices', () => {
    const report = diagnoseObjects([nodePort, ...nodes, ...onN1], 'web', { except: { EndpointSlice: 'notCollected' } });
    expect(causeCodes(report)).toEqual(['SVC569']);
    expect(report.causes[0]?.evidence[1]).toMatchObject({ source: 'ready pods, by nodeName' });
  });

  it('is a note for a load balancer, which leaves such nodes out', () => {
    const balanced = {
      ...service('web', { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports, healthCheckNodePort: 31000 }),
      status: { loadBalancer: { ingress: [{ ip: '198.51.100.1' }] } },
    };
    const report = diagnoseObjects([balanced, ...nodes, ...onN1, ...slicesFor(balanced, onN1)], 'web');
    expect(report.verdict).toBe('healthy');
    expect(report.findings.find((finding) => finding.code === 'SVC569')?.evidence.at(-1)?.fact).toContain('31000');
  });

  it('stays silent when every node has an endpoint', () => {
    const objects = [nodePort, ...nodes, ...everywhere, ...slicesFor(nodePort, everywhere)];
    expect(diagnoseObjects(objects, 'web').verdict).toBe('healthy');
  });
});
