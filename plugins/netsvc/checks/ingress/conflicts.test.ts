import { describe, expect, it } from 'vitest';
import { secondsAgo, service } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { ingressClass, ingressTo, soundService } from '../../testing/ingress-objects.ts';

const base = [...soundService(), service('old', {}), ingressClass('edge', 'example.com/edge')];
const older = { meta: { creationTimestamp: secondsAgo(200_000) } };

describe('ingress conflicts', () => {
  it('tells the younger Ingress that its path is taken', () => {
    const report = diagnoseObjects(
      [...base, ingressTo('shop'), ingressTo('legacy', { service: 'old', ...older })],
      'web',
    );
    expect(causeCodes(report)).toEqual(['SVC707']);
    expect(report.headline).toBe(
      'shop.example.com/ of Ingress shop/shop is taken by the older Ingress shop/legacy, which sends it to Service shop/old:80',
    );
  });

  it('is a note for the older one', () => {
    const report = diagnoseObjects([...base, ingressTo('shop', older), ingressTo('late', { service: 'old' })], 'web');
    expect(report.verdict).toBe('healthy');
    expect(report.findings.map((finding) => finding.code)).toContain('SVC707');
  });

  it('stays silent for other paths, other classes, the same backend and canaries', () => {
    const silent = (options: Parameters<typeof ingressTo>[1]) =>
      diagnoseObjects([...base, ingressTo('shop'), ingressTo('legacy', { ...older, ...options })], 'web').causes;
    expect(silent({ service: 'old', path: '/old' })).toEqual([]);
    expect(silent({ service: 'old', className: 'other' })).toEqual([]);
    expect(silent({ service: 'old', pathType: 'Exact' })).toEqual([]);
    expect(silent({})).toEqual([]);
    const canary = { 'nginx.ingress.kubernetes.io/canary': 'true' };
    expect(silent({ service: 'old', meta: { ...older.meta, annotations: canary } })).toEqual([]);
  });

  it('notes patterns in literal paths', () => {
    const report = diagnoseObjects([...base, ingressTo('shop', { path: '/api/*' })], 'web');
    expect(report.verdict).toBe('healthy');
    expect(report.findings.map((finding) => finding.code)).toContain('SVC722');
  });
});
