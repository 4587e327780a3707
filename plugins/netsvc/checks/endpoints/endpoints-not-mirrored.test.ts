import { describe, expect, it } from 'vitest';
import { service } from '../../../../shared/testing/builders.ts';
import { endpointsObject, mirrored, slice } from '../../../../shared/testing/endpoint-builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const db = service('db', { selector: null, ports: [{ port: 5432, protocol: 'TCP' }] });
const skip = { 'endpointslice.kubernetes.io/skip-mirror': 'true' };

describe('endpoints-not-mirrored', () => {
  it('names the label that stops the copy, and removes it', () => {
    const report = diagnoseObjects([db, endpointsObject('db', ['203.0.113.7'], { labels: skip })], 'db');
    expect(causeCodes(report)).toEqual(['SVC507']);
    expect(report.headline).toContain('skip-mirror=true stops the copy');
    expect(report.causes[0]?.fixes[0]?.command).toContain('endpointslice.kubernetes.io/skip-mirror-');
  });

  it('tells addresses that never reached a slice', () => {
    const old = mirrored(endpointsObject('db', ['203.0.113.7']));
    const report = diagnoseObjects([db, endpointsObject('db', ['203.0.113.7', '203.0.113.8']), old], 'db');
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('holds 203.0.113.8 but no EndpointSlice');
  });

  it('stays silent for a full copy, and for skipped Endpoints beside slices of their writer', () => {
    const endpoints = endpointsObject('db', ['203.0.113.7']);
    expect(diagnoseObjects([db, endpoints, mirrored(endpoints)], 'db').verdict).toBe('healthy');
    const skipped = endpointsObject('db', ['203.0.113.9'], { labels: skip });
    expect(diagnoseObjects([db, skipped, slice('db-1')], 'db').verdict).toBe('healthy');
  });
});
