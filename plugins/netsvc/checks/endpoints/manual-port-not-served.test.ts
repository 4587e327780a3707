import { describe, expect, it } from 'vitest';
import { pod, service } from '../../../../shared/testing/builders.ts';
import { slice } from '../../../../shared/testing/endpoint-builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';

const db = service('db', { selector: null, ports: [{ port: 5432, protocol: 'TCP' }] });

function diagnose(port: number, declared: number) {
  const target = pod('db-0', { ip: '10.244.1.9', ports: [{ containerPort: declared }] });
  const written = slice('db-1', { addresses: ['10.244.1.9'], ports: [{ name: '', port, protocol: 'TCP' }] });
  return diagnoseObjects([db, target, written], 'db');
}

describe('manual-port-not-served', () => {
  it('names the pod, the port written by hand and the one that the pod declares', () => {
    const report = diagnose(9999, 5432);
    expect(report.causes.map(({ code }) => code)).toEqual(['SVC517']);
    expect(report.headline).toContain('port 9999 of 10.244.1.9, pod shop/db-0, which declares 5432');
    expect(report.causes[0]?.fixes[0]).toMatchObject({
      command: expect.stringContaining('"path":"/ports/0/port","value":5432'),
      undo: expect.stringContaining('"value":9999'),
    });
  });

  it('stays silent where the pod serves the port', () => {
    expect(diagnose(5432, 5432).verdict).toBe('healthy');
  });
});
