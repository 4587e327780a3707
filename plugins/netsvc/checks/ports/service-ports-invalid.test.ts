import { describe, expect, it } from 'vitest';
import type { ServicePort } from '../../../../shared/model/objects-network.ts';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';

function causes(ports: readonly ServicePort[], clusterIP = '10.96.10.10'): readonly string[] {
  const svc = service('web', { ports, clusterIP });
  const pods = [pod('web-1')];
  const report = diagnoseObjects([svc, ...pods, ...slicesFor(svc, pods)], 'web');
  return report.causes.filter(({ code }) => code === 'SVC413').map(({ summary }) => summary);
}

const http: ServicePort = { name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' };

describe('service-ports-invalid', () => {
  it('names what the API server would refuse', () => {
    expect(causes([{ ...http, port: 0 }])).toEqual(['Service shop/web has port 0, which is not within 1 to 65535']);
    expect(causes([http, { ...http, name: 'web' }])).toEqual(['Service shop/web has port 80/TCP twice']);
    expect(causes([http, { ...http, port: 81 }])).toEqual(['Service shop/web has the port name "http" twice']);
    expect(causes([http, { port: 81, targetPort: 8080 }])).toEqual([
      'Service shop/web has several ports, and 81 has no name',
    ]);
    expect(causes([])).toHaveLength(1);
  });

  it('stays silent for one number over two protocols, and for a headless Service without ports', () => {
    expect(causes([http, { ...http, name: 'http3', protocol: 'UDP' }])).toEqual([]);
    expect(causes([], 'None')).toEqual([]);
  });
});
