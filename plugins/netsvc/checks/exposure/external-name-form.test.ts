import { describe, expect, it } from 'vitest';
import { service } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

function alias(externalName: string, ports: { port: number; targetPort?: number }[] = []) {
  return service('db', {
    type: 'ExternalName',
    externalName,
    selector: null,
    ports,
    clusterIP: '',
    clusterIPs: [],
  });
}
const codes = (target: string, ...more: Parameters<typeof diagnoseObjects>[0]) =>
  causeCodes(diagnoseObjects([alias(target), ...more], 'db'));

describe('external-name-form', () => {
  it('tells an IP address, and how to make it an endpoint', () => {
    const report = diagnoseObjects([alias('192.0.2.10', [{ port: 9100 }])], 'db');
    expect(causeCodes(report)).toEqual(['SVC558']);
    expect(report.headline).toContain('192.0.2.10, an IP address');
    const commands = report.causes[0]?.fixes.map((fix) => fix.command) ?? [];
    expect(commands[0]).toContain('"addresses":["192.0.2.10"]');
    expect(commands[1]).toContain('"type":"ClusterIP","externalName":null');
  });

  it('tells schemes, ports, paths and impossible names, and proposes the host name alone', () => {
    const report = diagnoseObjects([alias('https://api.example.com/v1')], 'db');
    expect(causeCodes(report)).toEqual(['SVC559']);
    expect(report.causes[0]?.fixes[0]?.command).toContain('"externalName":"api.example.com"');
    expect(diagnoseObjects([alias('api.example.com:443')], 'db').headline).toContain('holds a port');
    for (const bad of ['api_1.example.com', '', 'a..b']) expect(codes(bad)).toEqual(['SVC559']);
  });

  it('stays silent for names outside, with a final dot as well', () => {
    for (const good of ['smtp.example.com', 'smtp.example.com.', 'a.b.svc.example.com'])
      expect(codes(good)).toEqual([]);
  });
});
