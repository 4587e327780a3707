import { describe, expect, it } from 'vitest';
import { service } from '../../../../shared/testing/builders.ts';
import { slice } from '../../../../shared/testing/endpoint-builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const db = service('db', { selector: null, ports: [{ port: 5432, protocol: 'TCP' }] });

describe('slice-without-label', () => {
  it('names the slice and the label it lacks; that there are no endpoints is a consequence', () => {
    const report = diagnoseObjects([db, slice('db-1', { service: null })], 'db');
    expect(causeCodes(report)).toEqual(['SVC503']);
    expect(report.headline).toBe(
      'EndpointSlice db-1 lacks the label, so it does not belong to Service shop/db; it needs kubernetes.io/service-name=db',
    );
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      'kubectl label endpointslice db-1 -n shop kubernetes.io/service-name=db',
    );
    expect(report.causes[0]?.evidence.at(-1)?.fact).toContain('as a result');
  });

  it('tells a label that names no Service', () => {
    const report = diagnoseObjects([db, slice('db-1', { service: 'database' })], 'db');
    expect(causeCodes(report)).toEqual(['SVC503']);
    expect(report.headline).toContain('is labelled kubernetes.io/service-name=database');
    expect(report.causes[0]?.fixes[0]?.undo).toContain('kubernetes.io/service-name=database --overwrite');
  });

  it('tells a key that was mistyped', () => {
    const stray = slice('manual', { service: null, labels: { 'kubernetes.io/service': 'db' } });
    expect(diagnoseObjects([db, stray], 'db').headline).toContain('carries kubernetes.io/service=db instead');
  });

  it('leaves slices of other Services alone, and a stray to the Service whose name it bears', () => {
    const other = service('cache', { selector: null });
    const objects = [db, other, slice('cache-1', { service: null })];
    expect(causeCodes(diagnoseObjects(objects, 'cache'))).toEqual(['SVC503']);
    expect(causeCodes(diagnoseObjects(objects, 'db'))).toEqual(['SVC501']);
    expect(causeCodes(diagnoseObjects([db, other, slice('manual', { service: 'cache' })], 'db'))).toEqual(['SVC501']);
    expect(causeCodes(diagnoseObjects([db, other, slice('db-1', { service: 'cache' })], 'db'))).toEqual(['SVC503']);
  });

  it('stays silent once the Service has its slice', () => {
    expect(diagnoseObjects([db, slice('db-1'), slice('db-old', { service: null })], 'db').verdict).toBe('healthy');
  });
});
