import { describe, expect, it } from 'vitest';
import { service } from '../../../../shared/testing/builders.ts';
import { endpointsObject, mirrored, slice } from '../../../../shared/testing/endpoint-builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const named = service('db', { selector: null, ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }] });
const unnamed = service('db', { selector: null, ports: [{ port: 5432, protocol: 'TCP' }] });

describe('slice-port-name', () => {
  it('tells both names and patches the slice', () => {
    const report = diagnoseObjects([named, slice('db-1', { ports: [{ name: 'postgres', port: 5432 }] })], 'db');
    expect(causeCodes(report)).toEqual(['SVC504']);
    expect(report.headline).toBe(
      'port 5432 "sql" of Service shop/db has no endpoint: EndpointSlice shop/db-1 names its ports "postgres"',
    );
    expect(report.causes[0]?.fixes[0]?.command).toContain('[{"op":"add","path":"/ports/0/name","value":"sql"}]');
  });

  it('patches the Endpoints object that a mirrored slice came from', () => {
    const endpoints = endpointsObject('db', ['203.0.113.7'], { portName: 'postgres' });
    const report = diagnoseObjects([named, endpoints, mirrored(endpoints)], 'db');
    expect(report.headline).toContain('Endpoints shop/db names its ports "postgres"');
    expect(report.causes[0]?.fixes[0]?.command).toContain('kubectl patch endpoints db -n shop');
    expect(report.causes[0]?.fixes[0]?.command).toContain('/subsets/0/ports/0/name');
  });

  it('tells a slice without ports, without a number and with another protocol', () => {
    const headline = (ports: Parameters<typeof slice>[1]) =>
      diagnoseObjects([unnamed, slice('db-1', ports)], 'db').headline;
    expect(headline({ ports: null })).toContain('EndpointSlice shop/db-1 lists no ports');
    expect(headline({ ports: [{ name: '', port: null }] })).toContain('no number');
    expect(headline({ ports: [{ name: '', port: 5432, protocol: 'UDP' }] })).toContain('as UDP instead of TCP');
  });

  it('calls one dead port of two a warning', () => {
    const two = service('db', {
      selector: null,
      ports: [
        { name: 'sql', port: 5432 },
        { name: 'admin', port: 8080 },
      ],
    });
    const report = diagnoseObjects([two, slice('db-1', { ports: [{ name: 'sql', port: 5432 }] })], 'db');
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('port 8080 "admin"');
  });

  it('stays silent when names agree, and for headless Services, whose names carry no ports', () => {
    expect(diagnoseObjects([named, slice('db-1', { ports: [{ name: 'sql', port: 6432 }] })], 'db').verdict).toBe(
      'healthy',
    );
    const headless = service('db', { selector: null, clusterIP: 'None', ports: [{ name: 'sql', port: 5432 }] });
    expect(diagnoseObjects([headless, slice('db-1', { ports: [] })], 'db').verdict).toBe('healthy');
  });
});
