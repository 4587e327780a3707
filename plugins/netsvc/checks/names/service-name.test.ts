import { describe, expect, it } from 'vitest';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const diagnose = (name: string, from?: string) => {
  const web = service(name);
  const pods = [pod('web-1')];
  const caller = pod('client', { namespace: 'data', labels: { app: 'x' } });
  return diagnoseObjects([web, ...pods, ...slicesFor(web, pods), caller], name, from === undefined ? {} : { from });
};

describe('service-name', () => {
  it('tells a name that the API server refuses', () => {
    expect(causeCodes(diagnose('Web'))).toEqual(['SVC853']);
    expect(diagnose('web.v2').headline).toContain('holds a dot');
  });

  it('stays silent for names that can be labels', () => {
    expect(diagnose('web-2').verdict).toBe('healthy');
  });
});
