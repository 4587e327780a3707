import { describe, expect, it } from 'vitest';
import { kindOfFileName, kindOfPlural, kindOfWord } from './kind-names.ts';

describe('kindOfWord', () => {
  it.each([
    ['pods', 'Pod'],
    ['Pod', 'Pod'],
    ['po', 'Pod'],
    ['svc', 'Service'],
    ['endpoint-slices', 'EndpointSlice'],
    ['endpointslices.discovery.k8s.io', 'EndpointSlice'],
    ['network-policy', 'NetworkPolicy'],
    ['netpol', 'NetworkPolicy'],
    ['networkpolicies.crd.projectcalico.org', 'CalicoNetworkPolicy'],
    ['pvcs', 'PersistentVolumeClaim'],
    ['replication-controllers', 'ReplicationController'],
    ['ingresses', 'Ingress'],
    ['nodes.core', 'Node'],
  ])('%s is %s', (word, kind) => expect(kindOfWord(word)).toBe(kind));

  it.each(['values', 'chart', 'pods.example.com', 'customresourcedefinitions', ''])('%s is no kind', (word) =>
    expect(kindOfWord(word)).toBeUndefined(),
  );
});

describe('kindOfFileName', () => {
  it.each([
    ['pods', 'Pod', []],
    ['shop-pods', 'Pod', ['shop']],
    ['pods_shop', 'Pod', ['shop']],
    ['my-team-network-policies', 'NetworkPolicy', ['my-team']],
    ['network-policies.shop', 'NetworkPolicy', ['shop']],
    ['prod_shop_svc', 'Service', ['prod_shop']],
    ['shop-endpointslices-2026', 'EndpointSlice', ['shop', '2026']],
  ])('%s is about %s', (stem, kind, around) => expect(kindOfFileName(stem)).toEqual({ kind, around }));

  it('does not take short or common words inside a name for a kind', () => {
    expect(kindOfFileName('no-values')).toBeUndefined();
    expect(kindOfFileName('everything')).toBeUndefined();
  });
});

describe('kindOfPlural', () => {
  it('tells kinds of the same name apart by their group', () => {
    expect(kindOfPlural('networking.k8s.io', 'networkpolicies')).toBe('NetworkPolicy');
    expect(kindOfPlural('projectcalico.org', 'networkpolicies')).toBe('CalicoNetworkPolicy');
    expect(kindOfPlural('core', 'pods')).toBe('Pod');
    expect(kindOfPlural('metrics.k8s.io', 'pods')).toBe('PodMetrics');
    expect(kindOfPlural('config.openshift.io', 'ingresses')).toBeUndefined();
  });
});
