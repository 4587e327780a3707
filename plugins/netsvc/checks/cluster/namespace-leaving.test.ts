import { describe, expect, it } from 'vitest';
import { namespace, service } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { soundWeb } from '../../testing/system-objects.ts';

describe('namespace-leaving', () => {
  it('tells a namespace that is being deleted', () => {
    const leaving = { ...namespace('shop'), status: { phase: 'Terminating' } };
    const report = diagnoseObjects([...soundWeb(), leaving], 'web');
    expect(causeCodes(report)).toEqual(['SVC813']);
    expect(report.verdict).toBe('degraded');
    const gone = diagnoseObjects([service('web'), leaving], 'web');
    expect(gone.verdict).toBe('broken');
    expect(causeCodes(gone)).toEqual(['SVC813']);
  });

  it('stays silent for an active one', () => {
    expect(diagnoseObjects([...soundWeb(), namespace('shop')], 'web').verdict).toBe('healthy');
  });
});
