import { describe, expect, it } from 'vitest';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { type IngressOptions, ingressClass, ingressTo, soundService } from '../../testing/ingress-objects.ts';

const NGINX = 'nginx.ingress.kubernetes.io';

function judge(
  options: IngressOptions,
  annotations: Readonly<Record<string, string>>,
  controller = 'k8s.io/ingress-nginx',
) {
  const front = ingressTo('front', { ...options, meta: { annotations } });
  return diagnoseObjects([...soundService(), ingressClass('edge', controller), front], 'web');
}

describe('paths of an Ingress', () => {
  it('names the group that a rewrite uses and the path lacks, and writes it', () => {
    const report = judge({ path: '/api' }, { [`${NGINX}/rewrite-target`]: '/$2' });
    expect(causeCodes(report)).toEqual(['SVC727']);
    expect(report.headline).toBe(
      'rewrite-target /$2 of Ingress shop/front uses group 2, which shop.example.com/api does not have: every request reaches the pods as /',
    );
    expect(report.causes[0]?.fixes[0]?.command).toContain('"value":"/api(/|$)(.*)"');
  });

  it('stays silent for a rewrite with its groups, one without any, and on other controllers', () => {
    const regex = { path: '/api(/|$)(.*)', pathType: 'ImplementationSpecific' };
    expect(judge(regex, { [`${NGINX}/rewrite-target`]: '/$2' }).verdict).toBe('healthy');
    expect(judge({ path: '/api' }, { [`${NGINX}/rewrite-target`]: '/' }).verdict).toBe('healthy');
    expect(judge({ path: '/api' }, { [`${NGINX}/rewrite-target`]: '/$2' }, 'traefik.io/x').verdict).toBe('healthy');
  });

  it('tells a pattern that ingress-nginx takes literally, unless it was told to read patterns', () => {
    const regex = { path: '/api(/|$)(.*)', pathType: 'Prefix' };
    const report = judge(regex, {});
    expect(causeCodes(report)).toEqual(['SVC722']);
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      'kubectl annotate ingress front -n shop nginx.ingress.kubernetes.io/use-regex=true',
    );
    const told = judge(regex, { [`${NGINX}/use-regex`]: 'true' });
    expect([told.verdict, told.findings]).toEqual(['healthy', []]);
    expect(judge(regex, {}, 'example.com/edge').verdict).toBe('healthy');
  });
});
