import { describe, expect, it } from 'vitest';
import { UsageError } from './command.ts';
import { parseTarget, type TargetKind } from './parse-target.ts';

const ALL: readonly TargetKind[] = [
  'Service',
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Ingress',
];

describe('a target', () => {
  it.each([
    ['web', { kind: 'Service', name: 'web' }],
    ['svc/web', { kind: 'Service', name: 'web' }],
    ['services web', { kind: 'Service', name: 'web' }],
    ['po/web-1', { kind: 'Pod', name: 'web-1' }],
    ['Deployment/web', { kind: 'Deployment', name: 'web' }],
    ['deployments.apps/web', { kind: 'Deployment', name: 'web' }],
    ['deployment.v1.apps/web', { kind: 'Deployment', name: 'web' }],
    ['sts/db', { kind: 'StatefulSet', name: 'db' }],
    ['ingresses.networking.k8s.io/front', { kind: 'Ingress', name: 'front' }],
    ['shop/web', { kind: 'Service', namespace: 'shop', name: 'web' }],
    ['deploy/shop/web', { kind: 'Deployment', namespace: 'shop', name: 'web' }],
    ['web.v2', { kind: 'Service', name: 'web.v2' }],
  ])('%s', (words, target) => {
    expect(parseTarget(words.split(' '), ALL)).toEqual(target);
  });

  it.each(['', 'svc/', '/web', 'a/b/c/d', 'web db', 'web!', '-', 'deploymnt/web', 'gateway/shop/web'])(
    '%j names nothing',
    (words) => {
      expect(() => parseTarget(words.split(' '), ALL)).toThrow(UsageError);
    },
  );

  it('of a kind that the command does not follow is refused with those it does', () => {
    expect(() => parseTarget(['ing/front'], ['Service', 'Pod'])).toThrow(
      expect.objectContaining({ hint: 'It takes svc/NAME, po/NAME.' }),
    );
  });
});
