import { describe, expect, it } from 'vitest';
import { service } from '../../../../shared/testing/builders.ts';
import { slice } from '../../../../shared/testing/endpoint-builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

describe('slice-families', () => {
  const db = service('db', { selector: null });
  const ports = [{ name: '', port: 80, protocol: 'TCP' }];

  it('tells hand-made endpoints of the other family', () => {
    const report = diagnoseObjects([db, slice('db-1', { type: 'IPv6', addresses: ['2001:db8::7'], ports })], 'db');
    expect(causeCodes(report)).toEqual(['SVC578']);
    expect(report.headline).toContain('Service shop/db is IPv4, but EndpointSlice shop/db-1 holds IPv6 addresses only');
  });

  it('stays silent when one slice is of the right family', () => {
    const both = [slice('db-1', { type: 'IPv6', addresses: ['2001:db8::7'], ports }), slice('db-2', { ports })];
    expect(diagnoseObjects([db, ...both], 'db').verdict).toBe('healthy');
  });
});
