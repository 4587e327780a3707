import { describe, expect, it } from 'vitest';
import { node, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const pods = [pod('web-1')];
const nodePort = (name: string, number?: number) =>
  service(name, {
    type: 'NodePort',
    ports: [{ port: 80, targetPort: 8080, ...(number === undefined ? {} : { nodePort: number }) }],
  });

describe('node-port-taken', () => {
  it('names the other manifest', () => {
    const [made, api] = [nodePort('web', 30080), nodePort('api', 30080)];
    const web = { ...made, metadata: { name: 'web', namespace: 'shop' } };
    const report = diagnoseObjects([web, api, ...pods, ...slicesFor(web, pods)], 'web');
    expect(causeCodes(report)).toContain('SVC574');
    expect(report.headline).toContain('node port 30080 of Service shop/web belongs to Service shop/api as well');
  });

  it('stays silent for numbers of its own', () => {
    const [made, api] = [nodePort('web', 30080), nodePort('api', 30081)];
    const web = { ...made, metadata: { name: 'web', namespace: 'shop' } };
    expect(diagnoseObjects([web, api, ...pods, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
  });
});

describe('node-port-unallocated', () => {
  it('tells a port of a living Service without a number, but not of a manifest', () => {
    const web = nodePort('web');
    expect(causeCodes(diagnoseObjects([web, ...pods, ...slicesFor(web, pods)], 'web'))).toEqual(['SVC576']);
    const manifest = { ...web, metadata: { name: 'web', namespace: 'shop' } };
    expect(diagnoseObjects([manifest, ...pods, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
  });
});

describe('external-ips', () => {
  it('notes an address that no node lists, and only when all nodes were read', () => {
    const web = service('web', { externalIPs: ['198.51.100.9'] });
    const objects = [web, node('n1'), ...pods, ...slicesFor(web, pods)];
    expect(diagnoseObjects(objects, 'web').findings.map((finding) => finding.code)).toContain('SVC573');
    const some = diagnoseObjects(objects, 'web', { only: { Node: { subset: 'name=n1' } } });
    expect(some.findings.map((finding) => finding.code)).not.toContain('SVC573');
    const own = service('web', { externalIPs: ['10.123.0.2'] });
    expect(diagnoseObjects([own, node('n1'), ...pods, ...slicesFor(own, pods)], 'web').findings).toEqual([]);
  });
});
