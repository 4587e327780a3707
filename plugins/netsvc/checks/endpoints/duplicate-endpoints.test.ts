import { describe, expect, it } from 'vitest';
import { service } from '../../../../shared/testing/builders.ts';
import { slice } from '../../../../shared/testing/endpoint-builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';

const db = service('db', { selector: null, ports: [{ port: 5432, protocol: 'TCP' }] });

describe('duplicate-endpoints', () => {
  it('notes an address that stands in two slices, and that they disagree', () => {
    const report = diagnoseObjects([db, slice('db-1'), slice('db-2', { ready: false })], 'db');
    expect(report.verdict).toBe('healthy');
    expect(report.findings[0]).toMatchObject({ code: 'SVC514' });
    expect(report.findings[0]?.summary).toContain('203.0.113.7 in db-1 and db-2; they disagree');
  });

  it('says nothing of one address on two ports', () => {
    const other = slice('db-2', { ports: [{ name: 'admin', port: 8080, protocol: 'TCP' }] });
    expect(diagnoseObjects([db, slice('db-1'), other], 'db').findings).toEqual([]);
  });
});
