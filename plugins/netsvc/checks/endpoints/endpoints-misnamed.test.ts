import { describe, expect, it } from 'vitest';
import { service } from '../../../../shared/testing/builders.ts';
import { endpointsObject, mirrored } from '../../../../shared/testing/endpoint-builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const db = service('db', { selector: null, ports: [{ port: 5432, protocol: 'TCP' }] });

describe('endpoints-misnamed', () => {
  it('names the Endpoints object that belongs to no Service', () => {
    const report = diagnoseObjects([db, endpointsObject('db-endpoints', ['203.0.113.7'])], 'db');
    expect(causeCodes(report)).toEqual(['SVC502']);
    expect(report.headline).toContain('Endpoints shop/db-endpoints belongs to no Service');
    expect(report.causes[0]?.fixes[0]?.command).toContain('s/^  name: db-endpoints$/  name: db/');
  });

  it('stays silent when names agree, and blames no Endpoints of another Service', () => {
    const endpoints = endpointsObject('db', ['203.0.113.7']);
    expect(diagnoseObjects([db, endpoints, mirrored(endpoints)], 'db').verdict).toBe('healthy');
    const other = service('db-replica', { selector: null });
    const objects = [db, other, endpointsObject('db-replica', ['203.0.113.7'])];
    expect(causeCodes(diagnoseObjects(objects, 'db'))).toEqual(['SVC501']);
  });

  it('does not claim that no Service has that name when Services were not listed', () => {
    const report = diagnoseObjects([db, endpointsObject('db-endpoints', ['203.0.113.7'])], 'db', {
      only: { Service: { subset: 'name=db' } },
    });
    expect(causeCodes(report)).toEqual(['SVC501']);
  });
});
