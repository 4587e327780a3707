import { describe, expect, it } from 'vitest';
import { crashing, ended } from '../../../../shared/testing/broken-pods.ts';
import { ownedBy, pod, service, slicesFor, workload } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const headless = service('db', { clusterIP: 'None', selector: { app: 'db' }, ports: [{ port: 8080 }] });
const pods = [pod('db-0', { labels: { app: 'db' }, meta: ownedBy('StatefulSet', 'db') })];
const set = (serviceName: string) => workload('StatefulSet', 'db', { app: 'db' }, { serviceName });
const around = [...pods, ...slicesFor(headless, pods)];

describe('stateful-set-service', () => {
  it('names the Service that does not exist, and creates it', () => {
    const report = diagnoseObjects([headless, set('db-headless'), ...around], 'db');
    expect(causeCodes(report)).toEqual(['SVC564']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toBe(
      'StatefulSet db has serviceName db-headless, but there is no Service db-headless: names such as db-0.db do not resolve',
    );
    expect(report.causes[0]?.fixes[0]?.command).toContain('serviceName: db-headless$/  serviceName: db/');
    expect(report.causes[0]?.fixes[1]?.command).toContain('"clusterIP":"None","selector":{"app":"db"}');
  });

  it('comes before the members that end because they do not find each other', () => {
    const crashed = crashing('db-0', ended(1, 'Error'), { labels: { app: 'db' }, meta: ownedBy('StatefulSet', 'db') });
    const log = (text: string) => ({
      logs: [{ namespace: 'shop', pod: 'db-0', container: 'app', previous: true, text }],
    });
    const silent = crashing('db-1', ended(1, 'Error'), { labels: { app: 'db' }, meta: ownedBy('StatefulSet', 'db') });
    const objects = [headless, set('db-headless'), crashed, silent];
    const report = diagnoseObjects(
      objects,
      'db',
      log('UnknownHostException: db-1.db-headless: Name or service not known'),
    );
    expect(causeCodes(report)).toEqual(['SVC564']);
    expect(report.verdict).toBe('broken');
    expect(JSON.stringify(report.causes[0]?.evidence)).toContain('as a result: container app crashes');
    expect(causeCodes(diagnoseObjects(objects, 'db', log('Error: no such host: ldap')))[0]).toBe('SVC229');
  });

  it('tells a governing Service that selects other pods', () => {
    const other = service('peers', { clusterIP: 'None', selector: { app: 'database' } });
    const report = diagnoseObjects([headless, other, set('peers'), ...around], 'db');
    expect(causeCodes(report)).toEqual(['SVC565']);
    expect(report.headline).toContain('selects app=database');
    expect(report.causes[0]?.fixes[0]).toMatchObject({
      command: `kubectl patch service peers -n shop --type=merge -p '{"spec":{"selector":{"app":"db"}}}'`,
      undo: `kubectl patch service peers -n shop --type=merge -p '{"spec":{"selector":{"app":"database"}}}'`,
    });
    // It has pods of its own, which it would lose.
    const busy = diagnoseObjects(
      [headless, other, set('peers'), ...around, pod('d', { labels: { app: 'database' } })],
      'db',
    );
    expect(busy.causes[0]?.fixes).toEqual([]);
  });

  it('tells pods that were made under another serviceName', () => {
    const old = pod('db-0', {
      labels: { app: 'db' },
      meta: ownedBy('StatefulSet', 'db'),
      spec: { hostname: 'db-0', subdomain: 'db-headless' },
    });
    const report = diagnoseObjects([headless, set('db'), old, ...slicesFor(headless, [old])], 'db');
    expect(causeCodes(report)).toEqual(['SVC579']);
    expect(report.headline).toContain('db-0 still belong to db-headless');
  });

  it('notes a governing Service with a ClusterIP: odd, not broken', () => {
    const plain = service('db', { selector: { app: 'db' }, ports: [{ port: 8080 }] });
    const report = diagnoseObjects([plain, set('db'), ...pods, ...slicesFor(plain, pods)], 'db');
    expect(report.verdict).toBe('healthy');
    expect(report.findings.map((finding) => finding.code)).toContain('SVC566');
  });

  it('stays silent when the governing Service is headless and selects the pods, or was not asked for', () => {
    expect(diagnoseObjects([headless, set('db'), ...around], 'db').verdict).toBe('healthy');
    const options = { only: { Service: { namespace: 'shop', subset: 'name=db' } } };
    expect(diagnoseObjects([headless, set('db-headless'), ...around], 'db', options).verdict).toBe('healthy');
  });
});
