import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import { namespace, networkPolicy, node, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const front = service('front', { selector: { app: 'front' }, clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'] });

function shop(...blocks: readonly { readonly cidr: string; readonly except?: readonly string[] }[]) {
  const web = service('web', { clusterIP: '10.96.1.1', clusterIPs: ['10.96.1.1'] });
  const pods = [pod('web-1', { ip: '10.244.1.2' })];
  const callers = [pod('front-1', { labels: { app: 'front' }, ip: '10.244.1.3' })];
  const policy = networkPolicy('web-in', {
    podSelector: { matchLabels: { app: 'web' } },
    ingress: [{ from: blocks.map((ipBlock) => ({ ipBlock })) }],
  });
  const objects: readonly KubeObject[] = [
    namespace('shop'),
    node('n1'),
    front,
    web,
    ...pods,
    ...callers,
    ...slicesFor(web, pods),
    policy,
  ];
  return objects;
}

describe('a policy that lets in addresses of Services', () => {
  it('lets nobody in when only Services have addresses in its block', () => {
    const report = diagnoseObjects(shop({ cidr: '10.96.0.0/12' }), 'web');
    expect(causeCodes(report)).toEqual(['SVC603']);
    expect(report.headline).toContain('lets in only addresses in 10.96.0.0/12, and only Services have theirs there');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"path":"/spec/ingress/0/from/0","value":{"podSelector":{}}');
  });

  it('names the pods of the one Service whose address was written down', () => {
    const report = diagnoseObjects(shop({ cidr: '10.96.7.7/32' }), 'web');
    expect(causeCodes(report)).toEqual(['SVC603']);
    expect(report.causes[0]?.evidence[0]).toEqual({
      fact: 'ClusterIP 10.96.7.7 is in 10.96.7.7/32, the address of no pod and no node is',
      source: 'Service shop/front spec.clusterIP',
    });
    expect(report.causes[0]?.fixes[0]?.command).toContain('{"podSelector":{"matchLabels":{"app":"front"}}}');
  });

  it.each([
    ['pods have theirs there too', [{ cidr: '10.0.0.0/8' }]],
    ['another block means addresses outside', [{ cidr: '10.96.0.0/12' }, { cidr: '192.0.2.0/24' }]],
    ['no Service has one in it', [{ cidr: '192.0.2.0/24' }]],
    ['its exception holds those of the Services', [{ cidr: '10.96.0.0/12', except: ['10.96.0.0/16'] }]],
  ])('is no fault when %s', (_, blocks) => {
    expect(diagnoseObjects(shop(...blocks), 'web').causes).toEqual([]);
  });
});
