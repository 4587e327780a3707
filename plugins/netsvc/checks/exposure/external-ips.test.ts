import { describe, expect, it } from 'vitest';
import { node, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';

const pods = [pod('web-1')];

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
