import { describe, expect, it } from 'vitest';
import { service } from '../../../../shared/testing/builders.ts';
import { endpointsObject, mirrored, slice } from '../../../../shared/testing/endpoint-builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const db = service('db', { selector: null, ports: [{ port: 5432, protocol: 'TCP' }] });

describe('manual-all-not-ready', () => {
  it('tells addresses that their writer marked not ready', () => {
    const endpoints = endpointsObject('db', [], { notReady: ['203.0.113.7'] });
    const report = diagnoseObjects([db, endpoints, mirrored(endpoints)], 'db');
    expect(causeCodes(report)).toEqual(['SVC509']);
    expect(report.headline).toContain('Endpoints shop/db lists its only address under notReadyAddresses');
    expect(diagnoseObjects([db, slice('db-1', { ready: false })], 'db').headline).toContain('with ready: false');
  });

  it('stays silent while one address is ready', () => {
    const endpoints = endpointsObject('db', ['203.0.113.8'], { notReady: ['203.0.113.7'] });
    expect(diagnoseObjects([db, endpoints, mirrored(endpoints)], 'db').verdict).toBe('healthy');
  });
});
