import { describe, expect, it } from 'vitest';
import { service } from '../testing/builders.ts';
import { parseFieldSelector } from './parse-field-selector.ts';

const services = [
  service('web'),
  service('db', { clusterIP: 'None' }),
  service('door', { type: 'LoadBalancer', clusterIP: '10.96.0.7' }, { namespace: 'kube-system' }),
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'paper', namespace: 'shop' }, spec: {} },
];

function chosen(text: string): readonly (string | undefined)[] {
  return services.filter(parseFieldSelector(text)).map(({ metadata }) => metadata?.name);
}

describe('a field selector', () => {
  it.each([
    ['metadata.name=web', ['web']],
    ['metadata.name==web', ['web']],
    ['metadata.name!=web', ['db', 'door', 'paper']],
    ['metadata.namespace=kube-system', ['door']],
    ['metadata.namespace!=kube-system,spec.clusterIP=None', ['db']],
    ['spec.type=LoadBalancer', ['door']],
    ['spec.type=loadbalancer', []],
    ['spec.clusterIP=10.96.0.7', ['door']],
    ['metadata.name=web,metadata.name=db', []],
    ['metadata.name=', []],
    [' metadata.name = web , ', ['web']],
    ['', ['web', 'db', 'door', 'paper']],
  ])('%s selects %j', (text, names) => {
    expect(chosen(text)).toEqual(names);
  });

  it('takes the usual type for a manifest that was never applied', () => {
    expect(chosen('spec.type=ClusterIP')).toContain('paper');
  });

  it.each(['web', 'metadata.name', '=web', 'metadata.name=a=b', 'metadata.name in (a,b)', 'metadata.name~web'])(
    'refuses %s',
    (text) => {
      expect(() => chosen(text)).toThrow('is not a field selector');
    },
  );

  it.each(['status.phase=Running', 'metadata.nme=web', 'toString=web'])('names the fields for %s', (text) => {
    expect(() => chosen(text)).toThrow('Services are not selected by');
    try {
      chosen(text);
    } catch (error) {
      expect((error as { hint: string }).hint).toContain(
        'The fields are metadata.name, metadata.namespace, spec.clusterIP, spec.type.',
      );
    }
  });
});
