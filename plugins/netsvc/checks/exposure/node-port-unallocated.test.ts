import { describe, expect, it } from 'vitest';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const pods = [pod('web-1')];
const nodePort = (name: string, number?: number) =>
  service(name, {
    type: 'NodePort',
    ports: [{ port: 80, targetPort: 8080, ...(number === undefined ? {} : { nodePort: number }) }],
  });

describe('node-port-unallocated', () => {
  it('tells a port of a living Service without a number, but not of a manifest', () => {
    const web = nodePort('web');
    expect(causeCodes(diagnoseObjects([web, ...pods, ...slicesFor(web, pods)], 'web'))).toEqual(['SVC576']);
    const manifest = { ...web, metadata: { name: 'web', namespace: 'shop' } };
    expect(diagnoseObjects([manifest, ...pods, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
  });
});
