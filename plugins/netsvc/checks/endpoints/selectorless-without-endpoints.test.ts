import { describe, expect, it } from 'vitest';
import { deployment, service } from '../../../../shared/testing/builders.ts';
import { endpointsObject, mirrored, slice } from '../../../../shared/testing/endpoint-builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const db = service('db', { selector: null, ports: [{ port: 5432, protocol: 'TCP' }] });

describe('selectorless-without-endpoints', () => {
  it('says that nobody wrote endpoints, and offers the selector of a workload of the same name', () => {
    const report = diagnoseObjects([db, deployment('db', { app: 'db' })], 'db');
    expect(causeCodes(report)).toEqual(['SVC501']);
    expect(report.headline).toContain('Service shop/db has no selector');
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      `kubectl patch service db -n shop --type=merge -p '{"spec":{"selector":{"app":"db"}}}'`,
    );
  });

  it('gives the slice to write when no workload fits', () => {
    const [fix] = diagnoseObjects([db], 'db').causes[0]?.fixes ?? [];
    expect(fix?.command).toContain('"kubernetes.io/service-name":"db"');
    expect(fix?.command).toContain('"ports":[{"name":"","port":5432,"protocol":"TCP"}]');
  });

  it('stays silent for hand-made slices, mirrored Endpoints and those of a custom controller', () => {
    const endpoints = endpointsObject('db', ['203.0.113.7']);
    const custom = slice('db-1', { labels: { 'endpointslice.kubernetes.io/managed-by': 'example.com/operator' } });
    expect(diagnoseObjects([db, slice('db-1')], 'db').verdict).toBe('healthy');
    expect(diagnoseObjects([db, endpoints, mirrored(endpoints)], 'db').verdict).toBe('healthy');
    expect(diagnoseObjects([db, custom], 'db').verdict).toBe('healthy');
  });

  it('does not take slices that were not read for missing ones', () => {
    const report = diagnoseObjects([db], 'db', { except: { EndpointSlice: 'notCollected' } });
    expect(report.causes).toEqual([]);
    expect(report.notChecked.map((entry) => entry.check).join()).toContain('endpoints');
  });
});
