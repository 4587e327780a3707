import { describe, expect, it } from 'vitest';
import { service } from '../../../../shared/testing/builders.ts';
import { slice } from '../../../../shared/testing/endpoint-builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const db = service('db', { selector: null, ports: [{ port: 5432, protocol: 'TCP' }] });

describe('slice-type-fqdn', () => {
  it('tells endpoints that are names', () => {
    const report = diagnoseObjects([db, slice('db-1', { type: 'FQDN', addresses: ['db.example.com'] })], 'db');
    expect(causeCodes(report)).toEqual(['SVC511']);
    expect(report.headline).toContain('db.example.com');
    const undo = report.causes[0]?.fixes[0]?.undo ?? '';
    expect(undo).toContain('"type":"ClusterIP"');
    expect(undo).toContain(`"clusterIP":"${db.spec?.clusterIP ?? ''}"`);
    expect(undo).toContain('"externalName":null');
  });

  it('stays silent when addresses stand beside the name', () => {
    const objects = [db, slice('db-1', { type: 'FQDN', addresses: ['db.example.com'] }), slice('db-2')];
    expect(diagnoseObjects(objects, 'db').verdict).toBe('healthy');
  });
});
