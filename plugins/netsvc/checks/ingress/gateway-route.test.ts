import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import { namespace, service } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { soundService } from '../../testing/ingress-objects.ts';

const GROUP = 'gateway.networking.k8s.io';

/** An HTTPRoute with one backend, and what a Gateway says of it. */
function route(ref: object, where = 'shop', condition?: object): KubeObject {
  const spec = { parentRefs: [{ name: 'edge' }], rules: [{ backendRefs: [ref] }] };
  const metadata = { name: 'front', namespace: where, uid: `uid-${where}` };
  const made = { apiVersion: `${GROUP}/v1`, kind: 'HTTPRoute', metadata, spec };
  return condition === undefined ? made : Object.assign(made, { status: { parents: [{ conditions: [condition] }] } });
}

const grant = Object.assign(
  { apiVersion: `${GROUP}/v1beta1`, kind: 'ReferenceGrant', metadata: { name: 'g', namespace: 'shop' } },
  { spec: { from: [{ group: GROUP, kind: 'HTTPRoute', namespace: 'edge' }], to: [{ group: '', kind: 'Service' }] } },
);

const gateway = (name: string, namespace: string): KubeObject => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'Gateway',
  metadata: { name, namespace },
});
/** Every route has its Gateway, unless a test is about that. */
const gateways = ['shop', 'edge'].map((namespace) => gateway('edge', namespace));

const ask = (...more: readonly KubeObject[]) => diagnoseObjects([...soundService(), ...gateways, ...more], 'web');
const unresolved = (reason: string, message: string) => ({ type: 'ResolvedRefs', status: 'False', reason, message });

describe('gateway-route', () => {
  it('names a port that the Service does not have, and the one that leads there', () => {
    const report = ask(route({ name: 'web', port: 8080 }));
    expect(causeCodes(report)).toEqual(['SVC728']);
    expect(report.headline).toBe('HTTPRoute shop/front sends to port 8080 of Service shop/web, which has 80');
    const patch = (port: number) =>
      `kubectl patch httproute front -n shop --type=json -p '[{"op":"add","path":"/spec/rules/0/backendRefs/0/port","value":${port}}]'`;
    expect(report.causes[0]?.fixes[0]).toMatchObject({ command: patch(80), undo: patch(8080) });
  });

  it('names a Service that does not exist, and the one that was meant, here or in another namespace', () => {
    expect(ask(route({ name: 'wbe', port: 80 })).headline).toBe(
      'HTTPRoute shop/front sends to Service shop/wbe, which does not exist; there is Service web',
    );
    expect(ask(namespace('edge'), route({ name: 'web', port: 80 }, 'edge')).headline).toBe(
      'HTTPRoute edge/front sends to Service edge/web, which does not exist; there is shop/web',
    );
  });

  it('needs a grant for a Service of another namespace', () => {
    const report = ask(route({ name: 'web', namespace: 'shop', port: 80 }, 'edge'));
    expect(report.headline).toBe(
      'HTTPRoute edge/front may not send to Service shop/web: no ReferenceGrant in namespace shop allows it',
    );
    expect(report.causes[0]?.fixes[0]?.command).toContain('"kind":"HTTPRoute","namespace":"edge"}]');
    expect(ask(route({ name: 'web', namespace: 'shop', port: 80 }, 'edge'), grant).verdict).toBe('healthy');
  });

  it('goes by the status where grants were not read', () => {
    const made = route({ name: 'web', namespace: 'shop', port: 80 }, 'edge', unresolved('RefNotPermitted', 'no grant'));
    const judge = (one: KubeObject) =>
      diagnoseObjects([...soundService(), ...gateways, one], 'web', { except: { ReferenceGrant: 'notCollected' } });
    expect(causeCodes(judge(made))).toEqual(['SVC728']);
    expect(judge(route({ name: 'web', namespace: 'shop', port: 80 }, 'edge')).verdict).toBe('healthy');
  });

  it('tells a route that no Gateway accepts, in its own words', () => {
    const said = { type: 'Accepted', status: 'False', reason: 'NoMatchingListenerHostname', message: 'no listener' };
    expect(ask(route({ name: 'web', port: 80 }, 'shop', said)).headline).toBe(
      'HTTPRoute shop/front does not serve Service shop/web: Accepted False (NoMatchingListenerHostname: no listener)',
    );
  });

  it('tells a route whose Gateway does not exist, and the one that does', () => {
    const made = route({ name: 'web', port: 80 });
    const judge = (more: readonly KubeObject[], options = {}) =>
      diagnoseObjects([...soundService(), made, ...more], 'web', options);
    const report = judge([gateway('public', 'shop'), gateway('edge', 'other')]);
    expect(report.headline).toBe(
      'HTTPRoute shop/front is served by no Gateway: shop/edge does not exist; there is public',
    );
    expect(report.causes[0]?.fixes[0]?.command).toContain('"path":"/spec/parentRefs/0/name","value":"public"');
    expect(judge([]).headline).toContain('shop/edge does not exist');
    // Not read, or a mesh: nothing is known of what serves the route.
    expect(judge([], { except: { Gateway: 'notCollected' } }).verdict).toBe('healthy');
    const mesh = { ...made, spec: { parentRefs: [{ kind: 'Service', name: 'web' }] } };
    expect(diagnoseObjects([...soundService(), mesh], 'web').verdict).toBe('healthy');
  });

  it('stays silent for a sound route, for that of another Service, and where another backend cannot be resolved', () => {
    expect(ask(route({ name: 'web', port: 80 })).verdict).toBe('healthy');
    expect(ask(service('api'), route({ name: 'api', port: 81 })).verdict).toBe('healthy');
    const other = unresolved('BackendNotFound', 'Service shop/old not found');
    expect(ask(route({ name: 'web', port: 80 }, 'shop', other)).verdict).toBe('healthy');
  });
});
