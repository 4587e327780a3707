import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import type { NetworkPolicyPort } from '../../../../shared/model/objects-network.ts';
import { namespace, networkPolicy, pod, service } from '../../../../shared/testing/builders.ts';
import { codesOf, found, lintObjects } from '../../testing/lint-objects.ts';

const web = pod('web-1', {
  ports: [
    { name: 'http', containerPort: 8080 },
    { name: 'dns', containerPort: 53, protocol: 'UDP' },
  ],
});
const around: readonly KubeObject[] = [namespace('shop'), web, pod('api-1', { labels: { app: 'api' } })];

const opening = (...ports: readonly NetworkPolicyPort[]) =>
  networkPolicy('p', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'], ingress: [{ ports }] });
const lint = (...objects: readonly KubeObject[]) => lintObjects([...around, ...objects]);
const codes = (...objects: readonly KubeObject[]) => codesOf(lint(...objects));

describe('unknown-port-name', () => {
  it('names the nearest name and opens it', () => {
    const finding = found(lint(opening({ port: 'htp' })), 'POL201');
    expect(finding?.summary).toBe(
      'NetworkPolicy shop/p, ingress rule 1 opens port "htp" (TCP), but pod shop/web-1 declares no port of that name; nearest: http=8080/TCP',
    );
    expect(finding?.fixes[0]?.command).toContain('"path":"/spec/ingress/0/ports/0/port","value":"http"');
  });

  it('sees that only the protocol differs', () => {
    const finding = found(lint(opening({ port: 'dns' })), 'POL201');
    expect(finding?.summary).toContain('they have it for UDP');
    expect(finding?.fixes[0]?.command).toContain('"path":"/spec/ingress/0/ports/0/protocol","value":"UDP"');
  });

  it('is silent where one of the pods has the name, native sidecars too', () => {
    const sidecar = { name: 's', restartPolicy: 'Always', ports: [{ name: 'metrics', containerPort: 9090 }] };
    const withSidecar = pod('web-2', { spec: { initContainers: [sidecar] } });
    expect(codes(opening({ port: 'http' }))).toEqual([]);
    expect(codes(withSidecar, opening({ port: 'metrics' }))).toEqual([]);
  });

  it('tells that addresses have no port names', () => {
    const policy = networkPolicy('p', {
      podSelector: { matchLabels: { app: 'web' } },
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr: '203.0.113.0/24' } }], ports: [{ port: 'https' }] }],
    });
    expect(codes(policy)).toContain('POL201 warning proven');
  });
});

describe('service-port-instead-of-target-port', () => {
  it('writes the target port', () => {
    const report = lint(service('web'), opening({ port: 80 }));
    expect(codesOf(report)).toEqual(['POL202 warning likely']);
    expect(found(report, 'POL202')?.fixes[0]?.command).toContain('"value":8080');
  });

  it('sees it in egress rules towards the pods of a Service', () => {
    const policy = networkPolicy('p', {
      podSelector: { matchLabels: { app: 'api' } },
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 80 }] }],
    });
    expect(codes(service('web'), policy)).toContain('POL202 warning likely');
  });

  it.each([
    ['the target port is opened too', [service('web')], [{ port: 80 }, { port: 8080 }]],
    [
      'the pods serve the number as well',
      [service('web'), pod('web-2', { ports: [{ containerPort: 80 }] })],
      [{ port: 80 }],
    ],
    ['both numbers are the same', [service('web', { ports: [{ port: 8080 }] })], [{ port: 8080 }]],
    ['no Service has the port', [service('web')], [{ port: 9999 }]],
    ['the protocol is another', [service('web')], [{ port: 80, protocol: 'UDP' }]],
  ] as const)('is silent where %s', (_, objects, ports) => {
    expect(codes(...objects, opening(...ports))).toEqual([]);
  });
});
