import { describe, expect, it } from 'vitest';
import { createIndex } from '../../../../shared/model/cluster-index.ts';
import type { Ingress } from '../../../../shared/model/objects-network.ts';
import { ingress, pod, service, slicesFor, snapshotOf } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { ingressClass, ingressTo, soundService } from '../../testing/ingress-objects.ts';
import { ingressFindings } from './ingress-findings.ts';

const web = soundService();
const edge = ingressClass('edge', 'example.com/edge');

function judge(objects: Parameters<typeof snapshotOf>[0], shop: Ingress) {
  return ingressFindings(createIndex(snapshotOf([edge, shop, ...objects])), shop);
}

describe('ingress backends', () => {
  it('tells a port that the Service does not have, and the targetPort taken for it', () => {
    const report = diagnoseObjects([...web, edge, ingressTo('shop', { port: { number: 8080 } })], 'web');
    expect(causeCodes(report)).toEqual(['SVC705']);
    expect(report.verdict).toBe('broken');
    expect(report.headline).toBe(
      'Ingress shop/shop sends shop.example.com/ to port 8080 of Service web, which has 80 "http" (targetPort 8080): ' +
        'the Ingress must name the port, not the targetPort',
    );
    expect(report.causes[0]?.fixes[0]?.command).toContain(
      '[{"op":"replace","path":"/spec/rules/0/http/paths/0/backend/service/port","value":{"number":80}}]',
    );
  });

  it('tells a port name that does not exist and accepts one that does', () => {
    expect(diagnoseObjects([...web, edge, ingressTo('shop', { port: { name: 'web' } })], 'web').headline).toContain(
      'port "web"',
    );
    expect(diagnoseObjects([...web, edge, ingressTo('shop', { port: { name: 'http' } })], 'web').verdict).toBe(
      'healthy',
    );
  });

  it('takes two letters that changed places for a slip', () => {
    const [finding] = judge(web, ingressTo('shop', { service: 'wbe' }));
    expect(finding?.summary).toContain('Service wbe, which does not exist; there is Service web');
    const [other] = judge(web, ingressTo('shop', { service: 'api' }));
    expect(other?.fixes[0]?.command).toBe('kubectl get services -n shop');
  });

  it('tells a Service that does not exist, with the nearest name', () => {
    const [finding] = judge(web, ingressTo('shop', { service: 'web-svc' }));
    expect(finding).toMatchObject({ code: 'SVC704', severity: 'critical', confidence: 'proven' });
    expect(finding?.summary).toContain('to Service web-svc, which does not exist; there is Service web');
    expect(finding?.fixes[0]?.command).toContain('/spec/rules/0/http/paths/0/backend/service/name');
  });

  it('tells the Service of the nearest name that an Ingress misses it', () => {
    const report = diagnoseObjects([...web, edge, ingressTo('shop', { service: 'web-svc' })], 'web');
    expect(report.causes[0]).toMatchObject({ code: 'SVC704', severity: 'warning', confidence: 'likely' });
  });

  it('tells that the Service lives in another namespace', () => {
    const other = service('api', {}, { namespace: 'data' });
    const [finding] = judge([...web, other], ingressTo('shop', { service: 'api' }));
    expect(finding?.summary).toContain('does not exist in this namespace (it does in data)');
    const line = 'kubectl create service externalname api -n shop --external-name=api.data.svc.cluster.local --tcp=80';
    expect(finding?.fixes[0]).toMatchObject({ command: line, undo: 'kubectl delete service api -n shop' });
    // The very name elsewhere says more than a longer one here; of several none is meant before the others.
    const [longer] = judge([...web, other, service('api-db')], ingressTo('shop', { service: 'api' }));
    expect(longer?.summary).not.toContain('api-db');
    const [several] = judge(
      [...web, other, service('api', {}, { namespace: 'shop-api' })],
      ingressTo('shop', { service: 'api' }),
    );
    expect(several?.summary).toContain('(it does in shop-api)');
    expect(several?.fixes).toHaveLength(1);
  });

  it('tells a backend without ready endpoints when asked for the Ingress', () => {
    const plain = service('web');
    const waiting = pod('web-1', { ready: false });
    const findings = judge([plain, waiting, ...slicesFor(plain, [waiting])], ingressTo('shop'));
    expect(findings.map((finding) => finding.code)).toEqual(['SVC706']);
  });

  it('judges the default backend and the form before networking.k8s.io/v1', () => {
    const fallback = ingress('shop', {
      ingressClassName: 'edge',
      defaultBackend: { service: { name: 'web', port: { number: 81 } } },
    });
    expect(judge(web, fallback)[0]?.summary).toContain('the default backend to port 81');
    const old = {
      ...ingress('shop', {}),
      spec: {
        ingressClassName: 'edge',
        rules: [{ http: { paths: [{ backend: { serviceName: 'web', servicePort: 81 } }] } }],
      },
    } as unknown as Ingress;
    expect(judge(web, old)[0]?.summary).toContain('port 81 of Service web');
  });

  it('notes resource backends and aliases', () => {
    const bucket = ingress('shop', {
      ingressClassName: 'edge',
      defaultBackend: { resource: { kind: 'StorageBucket', name: 'assets' } },
    });
    expect(judge(web, bucket).map((finding) => [finding.code, finding.severity])).toContainEqual(['SVC719', 'info']);
    const alias = service('web', { type: 'ExternalName', externalName: 'www.example.com', selector: null, ports: [] });
    expect(judge([alias], ingressTo('shop')).map((finding) => finding.code)).toEqual(['SVC720']);
  });

  it('stays silent for a sound Ingress, and for Services that were not read', () => {
    expect(judge(web, ingressTo('shop'))).toEqual([]);
    const shop = ingressTo('shop', { service: 'other' });
    const index = createIndex(snapshotOf([edge, shop], { except: { Service: 'forbidden' } }));
    expect(ingressFindings(index, shop)).toEqual([]);
  });
});
