import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import { service } from '../../../../shared/testing/builders.ts';
import { front, soundWebAndNamespaces } from '../../testing/caller-objects.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

function diagnose(...more: readonly KubeObject[]) {
  return diagnoseObjects([...soundWebAndNamespaces, ...more], 'web');
}

describe('caller-namespace', () => {
  it('tells a name that leads into a namespace without such a Service', () => {
    const report = diagnose(front([{ name: 'API', value: 'http://web.data' }]));
    expect(causeCodes(report)).toEqual(['SVC856']);
    expect(report.headline).toContain('calls web.data (env API), which is looked up in namespace data');
    expect(report.headline).toContain('Service shop/web is called web from it');
  });

  it('tells a bare name that is used from another namespace', () => {
    const report = diagnose(front([{ name: 'API', value: 'http://web' }], 'data'));
    expect(causeCodes(report)).toEqual(['SVC856']);
    expect(report.headline).toContain('Service shop/web is called web.shop from it');
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      'kubectl set env deployment/front -n data -c app API=http://web.shop',
    );
  });

  it('stays silent when that Service exists, was not read, or the port is another', () => {
    const there = service('web', {}, { namespace: 'data' });
    expect(diagnose(there, front([{ name: 'API', value: 'http://web.data' }])).verdict).toBe('healthy');
    expect(diagnose(front([{ name: 'API', value: 'http://web:9999' }], 'data')).verdict).toBe('healthy');
    const blind = diagnoseObjects(
      [...soundWebAndNamespaces, front([{ name: 'API', value: 'http://web.data' }])],
      'web',
      {
        only: { Service: { namespace: 'shop' } },
      },
    );
    expect(blind.verdict).toBe('healthy');
  });

  it('takes the name of a StatefulSet pod for what it is', () => {
    expect(diagnose(front([{ name: 'API', value: 'http://web-0.web:8080' }])).verdict).toBe('healthy');
  });
});
