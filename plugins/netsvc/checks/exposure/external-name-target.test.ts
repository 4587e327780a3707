import { describe, expect, it } from 'vitest';
import { namespace, service } from '../../../../shared/testing/builders.ts';
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

describe('external-name-target', () => {
  it('tells a Service that does not exist and proposes the nearest one', () => {
    const postgres = service('postgres-14', {}, { namespace: 'data' });
    const report = diagnoseObjects([alias('postgres.data.svc.cluster.local'), namespace('data'), postgres], 'db');
    expect(causeCodes(report)).toEqual(['SVC556']);
    expect(report.headline).toContain('there is no Service data/postgres; there is postgres-14.data.svc.cluster.local');
    expect(report.causes[0]?.fixes[0]?.command).toContain('postgres-14.data.svc.cluster.local');
  });

  it('tells a namespace that does not exist', () => {
    const report = diagnoseObjects([alias('postgres.data.svc.cluster.local')], 'db');
    expect(report.headline).toContain('there is no namespace data');
  });

  it('proposes a namesake of the namespace that is called alike, and none where any could be meant', () => {
    const namesakes = (...names: string[]) => names.map((where) => service('postgres', {}, { namespace: where }));
    const ask = (...names: string[]) =>
      diagnoseObjects([alias('postgres.data.svc.cluster.local'), ...namesakes(...names)], 'db').headline;
    expect(ask('a', 'data-prod')).toContain('there is postgres.data-prod.svc.cluster.local');
    expect(ask('kiosk')).toContain('there is postgres.kiosk.svc.cluster.local');
    expect(ask('kiosk', 'robin')).not.toContain('there is postgres');
  });

  it('notes, without blame, a Service that was not read', () => {
    const report = diagnoseObjects([alias('postgres.data.svc.cluster.local'), namespace('data')], 'db', {
      only: { Service: { namespace: 'shop' } },
    });
    expect(report.verdict).toBe('healthy');
    expect(report.findings.map((finding) => finding.code)).toEqual(['SVC577']);
  });

  it('tells names of this cluster that are misspelt, and leaves those of others alone', () => {
    for (const slip of [
      'api.pay.svc.cluster.loca',
      'api.pay.svc.cluser.local',
      'api.pay.cluster.local',
      'api.pay.srv.cluster.local',
    ]) {
      const report = diagnoseObjects([alias(slip)], 'db');
      expect(causeCodes(report)).toEqual(['SVC557']);
      expect(report.causes[0]?.fixes[0]?.command).toContain('"externalName":"api.pay.svc.cluster.local"');
    }
    for (const other of ['api.pay.svc.east.example.com', 'api.pay.svc.clusterset.local', 'pod.pay.pod.cluster.local'])
      expect(codes(other)).not.toContain('SVC557');
  });

  it('tells names that are cut short: no search list is applied to an alias', () => {
    const web = service('web', {}, { namespace: 'data' });
    expect(codes('web.data.svc', web)).toEqual(['SVC557']);
    expect(codes('web.data', web)).toEqual(['SVC557']);
    expect(codes('web.data', namespace('data'))).toEqual(['SVC557']);
    expect(codes('web')).toEqual(['SVC557']);
    const report = diagnoseObjects([alias('web.data.svc'), web], 'db');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"externalName":"web.data.svc.cluster.local"');
  });

  it('leaves a domain outside alone that is called like a namespace', () => {
    expect(codes('example.dev', namespace('dev'))).toEqual([]);
  });

  it('follows aliases that lead back', () => {
    expect(codes('db.shop.svc.cluster.local')).toEqual(['SVC560']);
    const back = service(
      'sql',
      { type: 'ExternalName', externalName: 'db.shop.svc.cluster.local', selector: null, ports: [] },
      { namespace: 'data' },
    );
    const report = diagnoseObjects([alias('sql.data.svc.cluster.local'), back], 'db');
    expect(causeCodes(report)).toEqual(['SVC560']);
    expect(report.headline).toContain('db.shop → sql.data → db.shop');
    expect(report.causes[0]?.fixes[0]).toMatchObject({
      command: expect.stringContaining('"externalName":"<NAME>"'),
      undo: expect.stringContaining('"externalName":"sql.data.svc.cluster.local"'),
    });
  });

  it('follows aliases in a row to the one that leads nowhere, in a sweep too', () => {
    const leadingTo = (name: string, externalName: string) =>
      service(name, { type: 'ExternalName', externalName, selector: null, ports: [] });
    const next = leadingTo('next', 'sql.shop.svc.cluster.local');
    const objects = [alias('next.shop.svc.cluster.local'), next, leadingTo('sql', 'pg.shop.svc.cluster.local')];
    for (const sweep of [false, true]) {
      const report = diagnoseObjects(objects, 'db', { sweep });
      expect(causeCodes(report)).toEqual(['SVC556']);
      expect(report.headline).toContain('shop/sql is an alias of pg.shop.svc.cluster.local, but there is no Service');
      expect(report.causes[0]?.evidence[0]?.fact).toContain('leads on to Service shop/sql');
    }
    const outside = leadingTo('sql', 'pg.example.com');
    expect(diagnoseObjects([alias('sql.shop.svc.cluster.local'), outside], 'db').verdict).toBe('healthy');
  });
});
