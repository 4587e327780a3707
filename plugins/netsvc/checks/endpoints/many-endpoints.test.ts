import { describe, expect, it } from 'vitest';
import { service } from '../../../../shared/testing/builders.ts';
import { slice } from '../../../../shared/testing/endpoint-builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';

const db = service('db', { selector: null, ports: [{ port: 5432, protocol: 'TCP' }] });
const addresses = (count: number) => Array.from({ length: count }, (_, i) => `203.0.${i >> 8}.${i & 255}`);

describe('many-endpoints', () => {
  it('notes that the legacy Endpoints object is cut', () => {
    const report = diagnoseObjects([db, slice('db-1', { addresses: addresses(1001) })], 'db');
    expect(report.verdict).toBe('healthy');
    expect(report.findings.map((finding) => finding.code)).toEqual(['SVC513']);
    expect(report.findings[0]?.summary).toContain('1001 endpoints');
  });

  it('says nothing up to 1000', () => {
    expect(diagnoseObjects([db, slice('db-1', { addresses: addresses(1000) })], 'db').findings).toEqual([]);
  });
});
