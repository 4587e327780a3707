import { describe, expect, it } from 'vitest';
import { event, service } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { soundWeb } from '../../testing/system-objects.ts';

describe('allocation-events', () => {
  const web = service('web');

  it('tells a ClusterIP that belongs to two Services, and notes one that was only missing in the books', () => {
    const taken = event(
      web,
      'ClusterIPAlreadyAllocated',
      'Cluster IP [IPv4]:10.96.10.10 was assigned to multiple services; please recreate service',
    );
    const report = diagnoseObjects([...soundWeb(), taken], 'web');
    expect(causeCodes(report)).toEqual(['SVC808']);
    const mended = event(web, 'ClusterIPNotAllocated', 'Cluster IP [IPv4]:10.96.10.10 is not allocated; repairing');
    expect(diagnoseObjects([...soundWeb(), mended], 'web').findings).toEqual([]);
    expect(diagnoseObjects([...soundWeb(), mended], 'web').verdict).toBe('healthy');
  });
});
