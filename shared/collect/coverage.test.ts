import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Snapshot } from '../model/snapshot.ts';
import { fakeRuntime } from '../testing/fake-runtime.ts';
import { type TempFiles, tempFiles } from '../testing/temp-files.ts';
import { readSnapshots } from './read-snapshot.ts';

let files: TempFiles;
beforeEach(() => {
  files = tempFiles();
});
afterEach(() => files.remove());

const read = (...paths: string[]): Promise<Snapshot> => readSnapshots(paths, fakeRuntime({ cwd: files.folder }));

/** `Pod shop`, `Node *`, `Pod shop (name=web)`, `Pod * forbidden`. */
async function coverage(...paths: string[]): Promise<string[]> {
  return (await read(...paths)).coverage.map(({ kind, namespace, status, subset }) =>
    [kind, namespace, ...(status === 'ok' ? [] : [status]), ...(subset === undefined ? [] : [`(${subset})`])].join(' '),
  );
}

const object = (kind: string, namespace: string, name: string, apiVersion = 'v1'): object => ({
  apiVersion,
  kind,
  metadata: { name, namespace, uid: `${kind}-${namespace}-${name}` },
});
const manifest = (kind: string, namespace: string, name: string, apiVersion = 'v1'): object => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
});
const list = (...items: object[]): object => ({
  apiVersion: 'v1',
  kind: 'List',
  items,
  metadata: { resourceVersion: '' },
});
const slice = (namespace: string, name: string): object =>
  object('EndpointSlice', namespace, name, 'discovery.k8s.io/v1');
const documents = (...items: object[]): string => items.map((item) => JSON.stringify(item)).join('\n---\n');

describe('lists of kubectl', () => {
  it('of one namespace prove that namespace only', async () => {
    files.write('pods.json', list(object('Pod', 'shop', 'a')));
    expect(await coverage('pods.json')).toEqual(['Pod shop']);
  });

  it('of several namespaces prove all of them', async () => {
    files.write(
      'all.json',
      list(object('Pod', 'shop', 'a'), object('Pod', 'web', 'b'), object('Service', 'shop', 's')),
    );
    expect(await coverage('all.json')).toEqual(['Pod *', 'Service *']);
  });

  it('leave a kind without objects as not collected', async () => {
    files.write('x.yaml', JSON.stringify(list(object('Service', 'shop', 's'), slice('shop', 's-1'))));
    expect(await coverage('x.yaml')).toEqual(['EndpointSlice shop', 'Service shop']);
  });

  it('that are empty prove nothing without a name', async () => {
    files.write('d/services.json', list(object('Service', 'shop', 's')));
    files.write('d/everything.json', list());
    expect(await coverage('d')).toEqual(['Service shop']);
  });

  it('that are empty and named after a kind prove that there are none where their neighbours were listed', async () => {
    files.write('d/services.json', list(object('Service', 'shop', 's')));
    files.write('d/networkpolicies.yaml', 'apiVersion: v1\nitems: []\nkind: List\nmetadata:\n  resourceVersion: ""\n');
    files.write('d/po.json', { apiVersion: 'v1', kind: 'PodList', items: [] });
    expect(await coverage('d')).toEqual(['NetworkPolicy shop', 'Pod shop', 'Service shop']);
  });

  it('that are empty mean the whole cluster when the lists beside them do', async () => {
    files.write('d/services.json', list(object('Service', 'shop', 's'), object('Service', 'web', 's')));
    files.write('d/ingresses.json', list());
    files.write('d/networkpolicies.json', list(object('NetworkPolicy', 'shop', 'p', 'networking.k8s.io/v1')));
    expect(await coverage('d')).toEqual(['Ingress *', 'NetworkPolicy *', 'Service *']);
  });

  it('of pods in one namespace are not widened by a list of services of all', async () => {
    files.write('d/services.json', list(object('Service', 'shop', 's'), object('Service', 'web', 's')));
    files.write('d/pods.json', list(object('Pod', 'shop', 'a')));
    files.write('d/ingresses.json', list());
    expect(await coverage('d')).toEqual(['Pod shop', 'Service *']);
  });

  it('of pods that are empty were asked of one namespace: no cluster is without pods', async () => {
    files.write('d/services.json', list(object('Service', 'shop', 's'), object('Service', 'web', 's')));
    files.write('d/pods.json', list());
    files.write('d/networkpolicies.json', list());
    expect(await coverage('d')).toEqual(['Service *']);
  });

  it('that are empty belong to the namespace in their name, when that is a namespace', async () => {
    files.write('d/shop-services.json', list(object('Service', 'shop', 's')));
    files.write('d/web-services.json', list(object('Service', 'web', 's')));
    files.write('d/web-pods.json', list());
    files.write('d/prod-ingresses.json', list());
    expect(await coverage('d')).toEqual(['Pod web', 'Service shop', 'Service web']);
  });

  it('in folders named after namespaces belong to those', async () => {
    files.write('d/shop/services.json', list(object('Service', 'shop', 's')));
    files.write('d/shop/pods.json', list());
    files.write('d/empty/pods.json', list());
    files.write('d/empty/services.json', list());
    expect(await coverage('d')).toEqual(['Pod empty', 'Pod shop', 'Service empty', 'Service shop']);
  });

  it('of single files given one by one know their neighbours', async () => {
    const paths = [
      files.write('services.json', list(object('Service', 'shop', 's'))),
      files.write('pods.json', list()),
    ];
    expect(await coverage(...paths)).toEqual(['Pod shop', 'Service shop']);
  });

  it('do not take a namespace from another folder', async () => {
    files.write('d/one/services.json', list(object('Service', 'shop', 's')));
    files.write('d/two/pods.json', list());
    expect(await coverage('d')).toEqual(['Service shop']);
  });

  it('of cluster-wide kinds prove the whole cluster', async () => {
    files.write('nodes.json', list({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', uid: 'n' } }));
    files.write('namespaces.json', { apiVersion: 'v1', kind: 'NamespaceList', items: [] });
    expect(await coverage('nodes.json', 'namespaces.json')).toEqual(['Namespace *', 'Node *']);
  });

  it('that are a page of a longer list prove only that part', async () => {
    files.write('p.json', {
      apiVersion: 'v1',
      kind: 'PodList',
      metadata: { continue: 'abc' },
      items: [object('Pod', 'shop', 'a')],
    });
    expect(await coverage('p.json')).toEqual(['Pod shop (the first page of a longer list)']);
  });

  it('of every namespace that exists prove the whole cluster', async () => {
    const namespaces = ['shop', 'kube-system'].map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, uid: name },
    }));
    files.write('d/namespaces.json', list(...namespaces));
    files.write('d/shop/pods.json', list(object('Pod', 'shop', 'a')));
    files.write('d/kube-system/pods.json', list());
    files.write('d/shop/services.json', list(object('Service', 'shop', 's')));
    expect(await coverage('d')).toEqual(['Namespace *', 'Pod *', 'Service shop']);
    files.write('d/namespaces.json', list(...namespaces.slice(0, 1)));
    expect(await coverage('d')).toEqual(['Namespace *', 'Pod kube-system', 'Pod shop', 'Service shop']);
  });
});

describe('objects without a list', () => {
  it('of several documents are the whole world of their namespace', async () => {
    files.write('w.yaml', documents(object('Pod', 'shop', 'a'), object('Service', 'shop', 's')));
    expect(await coverage('w.yaml')).toEqual(['Pod shop', 'Service shop']);
  });

  it('of several namespaces are the whole world', async () => {
    files.write('w.yaml', documents(object('Pod', 'shop', 'a'), object('Service', 'web', 's')));
    expect(await coverage('w.yaml')).toEqual(['Pod *', 'Service *']);
  });

  it('in files of their own are the whole where nobody would have picked one of them by hand', async () => {
    files.write('d/svc-web.yaml', object('Service', 'shop', 'web'));
    files.write('d/netpol-deny.yaml', object('NetworkPolicy', 'shop', 'deny', 'networking.k8s.io/v1'));
    files.write('d/pod-web-1.yaml', object('Pod', 'shop', 'web-1'));
    files.write('d/node-n1.yaml', object('Node', '', 'n1'));
    files.write('d/svc-other.yaml', object('Service', 'other', 'other'));
    const picked = ['NetworkPolicy shop (name=deny)', 'Node * (name=n1)', 'Pod shop (name=web-1)'];
    const services = ['Service other (name=other)', 'Service shop (name=web)'];
    expect(await coverage('d')).toEqual([...picked, ...services]);
    for (const [kind, name] of [
      ['Event', 'web-1.187'],
      ['ConfigMap', 'kube-root-ca.crt'],
      ['ServiceAccount', 'default'],
    ] as const) {
      files.write(`${kind}/svc-web.yaml`, object('Service', 'shop', 'web'));
      files.write(`${kind}/netpol-deny.yaml`, object('NetworkPolicy', 'shop', 'deny', 'networking.k8s.io/v1'));
      files.write(`${kind}/one-${name}.yaml`, object(kind, 'shop', name));
      files.write(`${kind}/svc-other.yaml`, object('Service', 'other', 'other'));
      const whole = await coverage(kind);
      expect(whole).toContain('NetworkPolicy shop');
      expect(whole).toContain('Service shop');
      expect(whole).toContain('Service other (name=other)');
    }
  });

  it('of which one pod is there and more are counted are not the whole', async () => {
    files.write('d/sa.yaml', object('ServiceAccount', 'shop', 'default'));
    files.write('d/pod-web-1.yaml', object('Pod', 'shop', 'web-1'));
    files.write('d/rs-web.yaml', { ...object('ReplicaSet', 'shop', 'web', 'apps/v1'), status: { replicas: 2 } });
    expect(await coverage('d')).toEqual(['Pod shop (name=web-1)', 'ReplicaSet shop', 'ServiceAccount shop']);
    files.write('d/rs-web.yaml', { ...object('ReplicaSet', 'shop', 'web', 'apps/v1'), status: { replicas: 1 } });
    expect(await coverage('d')).toEqual(['Pod shop', 'ReplicaSet shop', 'ServiceAccount shop']);
  });

  it('of a server that stand alone say nothing of others of their kind', async () => {
    files.write('d/svc.json', object('Service', 'shop', 's'));
    files.write('d/pod.json', object('Pod', 'shop', 'a'));
    expect(await coverage('d')).toEqual(['Pod shop (name=a)', 'Service shop (name=s)']);
  });

  it('as one file for each in a folder named after the kind are a list', async () => {
    files.write('d/pods/a.json', object('Pod', 'shop', 'a'));
    expect(await coverage('d')).toEqual(['Pod shop']);
  });

  it('as manifests count, but pods do not exist before their workload was applied', async () => {
    files.write('m.yaml', documents(manifest('Service', 'shop', 's'), manifest('Deployment', 'shop', 'd', 'apps/v1')));
    expect(await coverage('m.yaml')).toEqual(['Deployment shop', 'Service shop']);
    files.write('n.yaml', documents(manifest('Pod', 'shop', 'debug'), manifest('Deployment', 'shop', 'd', 'apps/v1')));
    expect(await coverage('n.yaml')).toEqual(['Deployment shop', 'Pod shop (pods written as manifests)']);
    files.write('o.yaml', documents(manifest('Pod', 'shop', 'web'), manifest('Service', 'shop', 's')));
    expect(await coverage('o.yaml')).toEqual(['Pod shop', 'Service shop']);
  });

  it('as manifests of several namespaces do not prove that another one has no pods', async () => {
    files.write('m.yaml', documents(manifest('Pod', 'shop', 'debug'), manifest('Deployment', 'web', 'd', 'apps/v1')));
    expect(await coverage('m.yaml')).toEqual(['Deployment *', 'Pod shop']);
  });

  it('in a List that was never applied are manifests', async () => {
    files.write(
      'l.yaml',
      JSON.stringify(list(manifest('Pod', 'shop', 'p'), manifest('Deployment', 'shop', 'd', 'apps/v1'))),
    );
    expect(await coverage('l.yaml')).toContain('Pod shop (pods written as manifests)');
  });
});

describe('refusals kept in files', () => {
  it('are told as such', async () => {
    files.write('d/services.json', list(object('Service', 'shop', 's')));
    files.write(
      'd/pods.yaml',
      'Error from server (Forbidden): pods is forbidden: User "u" cannot list resource "pods" in API group "" in the namespace "shop"\n',
    );
    files.write('d/nodes.json', {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      reason: 'Forbidden',
      message: 'nodes is forbidden: User "u" cannot list resource "nodes" in API group "" at the cluster scope',
      code: 403,
    });
    files.write('d/endpointslices.yaml', 'error: the server doesn\'t have a resource type "endpointslices"\n');
    const { coverage: entries, problems } = await read('d');
    expect(problems).toEqual([]);
    expect(entries).toEqual([
      { kind: 'EndpointSlice', namespace: '*', status: 'absent', reason: 'the server has no endpointslices' },
      { kind: 'Node', namespace: '*', status: 'forbidden', reason: 'forbidden: list nodes' },
      { kind: 'Pod', namespace: 'shop', status: 'forbidden', reason: 'forbidden: list pods in namespace shop' },
      { kind: 'Service', namespace: 'shop', status: 'ok' },
    ]);
  });
});
