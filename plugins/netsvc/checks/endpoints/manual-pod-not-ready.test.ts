import { describe, expect, it } from 'vitest';
import { pod, service } from '../../../../shared/testing/builders.ts';
import { slice } from '../../../../shared/testing/endpoint-builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const db = service('db', { selector: null, ports: [{ port: 5432, protocol: 'TCP' }] });

describe('manual-pod-not-ready', () => {
  it('names the pod behind a hand-made address', () => {
    const objects = [db, pod('db-0', { ip: '10.244.1.9', ready: false }), slice('db-1', { addresses: ['10.244.1.9'] })];
    const report = diagnoseObjects(objects, 'db');
    expect(causeCodes(report)).toContain('SVC510');
    expect(report.headline).toContain('10.244.1.9, pod shop/db-0, which is not ready');
  });

  it('stays silent for a ready pod', () => {
    const objects = [
      db,
      pod('db-0', { ip: '10.244.1.9', ports: [{ containerPort: 5432 }] }),
      slice('db-1', { addresses: ['10.244.1.9'] }),
    ];
    expect(diagnoseObjects(objects, 'db').verdict).toBe('healthy');
  });
});
