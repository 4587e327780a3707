import { describe, expect, it } from 'vitest';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { slice } from '../../../../shared/testing/endpoint-builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const db = service('db', { selector: null, clusterIP: '10.96.9.9', clusterIPs: ['10.96.9.9'] });
const ports = [{ name: '', port: 80, protocol: 'TCP' }];

describe('manual-address-unusable', () => {
  it('names the Service whose ClusterIP was taken for an endpoint', () => {
    const web = service('web', { clusterIP: '10.96.10.10', clusterIPs: ['10.96.10.10'] });
    const pods = [pod('web-1')];
    const objects = [db, web, ...pods, ...slicesFor(web, pods), slice('db-1', { addresses: ['10.96.10.10'], ports })];
    const report = diagnoseObjects(objects, 'db');
    expect(causeCodes(report)).toEqual(['SVC508']);
    expect(report.headline).toContain('10.96.10.10 (endpointslice db-1), which is the ClusterIP of Service shop/web');
  });

  it('tells loopback, link-local and unspecified addresses', () => {
    const headline = (address: string) =>
      diagnoseObjects([db, slice('db-1', { addresses: [address], ports })], 'db').headline;
    expect(headline('127.0.0.1')).toContain('a loopback address');
    expect(headline('169.254.169.254')).toContain('a link-local address');
    expect(headline('0.0.0.0')).toContain('the unspecified address');
  });

  it('calls one bad address of two a warning, and stays silent for usable ones', () => {
    const half = slice('db-1', { addresses: ['127.0.0.1', '203.0.113.7'], ports });
    expect(diagnoseObjects([db, half], 'db').verdict).toBe('degraded');
    expect(diagnoseObjects([db, slice('db-1', { ports })], 'db').verdict).toBe('healthy');
  });
});
