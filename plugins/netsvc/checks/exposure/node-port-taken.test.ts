import { describe, expect, it } from 'vitest';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
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
    expect(report.causes.find(({ code }) => code === 'SVC574')?.fixes[0]?.undo).toContain('"value":30080');
  });

  it('stays silent for numbers of its own', () => {
    const [made, api] = [nodePort('web', 30080), nodePort('api', 30081)];
    const web = { ...made, metadata: { name: 'web', namespace: 'shop' } };
    expect(diagnoseObjects([web, api, ...pods, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
  });
});
