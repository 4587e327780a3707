import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { diagnoseTarget } from '../../plugins/netsvc/actions/diagnose-target.ts';
import { checks } from '../../plugins/netsvc/checks/checks.ts';
import { sweepPlan } from '../../plugins/netsvc/collect/sweep-plan.ts';
import { targetPlan } from '../../plugins/netsvc/collect/target-plan.ts';
import { netsvc } from '../../plugins/netsvc/plugin.ts';
import { ingressClass, ingressTo } from '../../plugins/netsvc/testing/ingress-objects.ts';
import { clusterDns, dnsPod } from '../../plugins/netsvc/testing/system-objects.ts';
import { parseTarget } from '../../shared/cli/parse-target.ts';
import { TARGET_KINDS } from '../../shared/cli/target-kinds.ts';
import { createGatherer } from '../../shared/collect/gather/gather.ts';
import { createIndex } from '../../shared/model/cluster-index.ts';
import type { KubeObject } from '../../shared/model/objects.ts';
import { crashing, ended, podWith, waiting } from '../../shared/testing/broken-pods.ts';
import {
  deployment,
  event,
  NOW,
  namespace,
  networkPolicy,
  pod,
  secondsAgo,
  service,
  slicesFor,
  snapshotOf,
  workload,
} from '../../shared/testing/builders.ts';
import { fakeCluster } from '../../shared/testing/fake-cluster.ts';
import { runCli } from '../../shared/testing/run-cli.ts';
import { objectsOf, readScenario, scenarioNames } from './facts.ts';

interface Question {
  readonly target: string;
  readonly namespace: string;
}

/** What a scenario asks: `netsvc web -n shop`. */
function questionOf(name: string): Question | undefined {
  const { command } = load(readFileSync(`test/scenarios/${name}/case.yaml`, 'utf8')) as { command: string };
  const [, target = '', namespace = ''] = /^netsvc (?:diagnose )?(\S+) -n (\S+)$/.exec(command) ?? [];
  return target === '' ? undefined : { target, namespace };
}

const names = scenarioNames().filter((name) => !name.startsWith('partial-') && questionOf(name) !== undefined);

describe('a live cluster gives the same answer as everything that is known of it', () => {
  it.each(names)('%s', async (name) => {
    const question = questionOf(name);
    if (question === undefined) return;
    const read = await readScenario(name);
    const objects = objectsOf(read);
    const logs = Object.fromEntries(
      read.logs.map((log) => [
        `${log.namespace}/${log.pod}/${log.container}${log.previous ? '.previous' : ''}`,
        log.text,
      ]),
    );
    const cluster = fakeCluster(objects, {
      namespace: question.namespace,
      logs,
      version: read.serverVersion ?? 'v1.34.4',
    });
    const live = await runCli(netsvc, `${question.target} -o json`, {
      now: read.takenAt,
      world: { connect: async () => cluster },
    });
    const index = createIndex({ ...snapshotOf(objects, { takenAt: read.takenAt }), logs: read.logs });
    const target = parseTarget([question.target], TARGET_KINDS);
    const whole = diagnoseTarget(index, target, question.namespace, { source: 'snapshot all' });
    const answer = JSON.parse(live.stdout);
    expect(answer.verdict).toBe(whole.verdict);
    expect(answer.causes.map((cause: { code: string }) => cause.code)).toEqual(whole.causes.map((cause) => cause.code));
    expect(answer.causes[0]?.summary).toBe(whole.causes[0]?.summary);
  });
});

describe('the plans', () => {
  const wanted = [...new Set(checks.flatMap((check) => [...check.needs, ...(check.uses ?? [])]))].sort();

  it('a sweep of a namespace asks for every kind that a check reads', async () => {
    // Leases only where some pods of a workload are ready and others are not.
    const pods = [pod('web-1'), pod('web-2', { ready: false })];
    const gatherer = createGatherer(fakeCluster(pods, { namespace: 'shop' }), new Date('2026-03-01T12:00:00Z'));
    await sweepPlan(false)(gatherer, 'shop');
    const asked = new Set(gatherer.finish().coverage.map((entry) => entry.kind));
    // Secrets are asked for by the names that Ingresses give.
    expect(wanted.filter((kind) => !asked.has(kind) && kind !== 'Secret')).toEqual([]);
  });

  it('one Service asks nothing about the pods, events and workloads of other namespaces', async () => {
    const read = await readScenario('control-node-port');
    const cluster = fakeCluster(objectsOf(read), { namespace: 'control-node-port' });
    const gatherer = createGatherer(cluster, new Date(read.takenAt));
    await targetPlan({ kind: 'Service', name: 'np' }, undefined)(gatherer, 'control-node-port');
    const wide = cluster.asked.filter((question) =>
      /^list (pods|events|deployments|replicasets|endpointslices)( in all|$)/.test(question),
    );
    expect(wide).toEqual([]);
  });

  it.each([undefined, 'shop'])(
    'one Service is judged with the routes of Gateways, with the rights of %s',
    async (only) => {
      const rules = [{ backendRefs: [{ name: 'web', port: 8080 }] }];
      const apiVersion = 'gateway.networking.k8s.io/v1';
      const route = Object.assign(
        { apiVersion, kind: 'HTTPRoute', metadata: { name: 'front', namespace: 'shop' } },
        { spec: { rules } },
      );
      const made = pod('web-1');
      const objects = [service('web'), made, ...slicesFor(service('web'), [made]), route];
      const cluster = fakeCluster(objects, {
        namespace: 'shop',
        ...(only === undefined ? {} : { onlyNamespace: only }),
      });
      const run = await runCli(netsvc, 'web', { now: NOW, world: { connect: async () => cluster } });
      expect(run.stdout).toContain('sends to port 8080 of Service shop/web');
    },
  );

  it('the events of a pod in trouble are found among however many others', async () => {
    const mounts = { volumes: [{ name: 't', secret: { secretName: 'tls' } }] };
    const stuck = podWith('web-6f9c-a', { state: waiting('ContainerCreating') }, { of: 'web', age: 900, spec: mounts });
    const told = event(
      stuck,
      'FailedMount',
      'MountVolume.SetUp failed for volume "t" : references non-existent secret key: k',
    );
    const noise = Array.from({ length: 2100 }, (_, at) => event(pod(`noise-${at}`), 'BackOff', 'Back-off'));
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'tls', namespace: 'shop' } };
    const cluster = fakeCluster([service('web'), deployment('web'), stuck, secret, ...noise, told], {
      namespace: 'shop',
    });
    const { stdout } = await runCli(netsvc, 'web', { now: NOW, world: { connect: async () => cluster } });
    expect(stdout).toContain('secret "tls" has no key k');
  });

  it('a Service whose pod is asked by its name is read before it is blamed', async () => {
    const app = crashing('web-6f9c-a', ended(1, 'Error'), { of: 'web' });
    const db = service('db', { clusterIP: 'None', selector: { app: 'db' }, ports: [{ port: 8080 }] });
    const member = pod('db-0', { labels: { app: 'db' } });
    const objects = [service('web'), deployment('web'), app, db, member, ...slicesFor(db, [member])];
    const cluster = fakeCluster(objects, {
      namespace: 'shop',
      logs: { 'shop/web-6f9c-a/app.previous': 'getaddrinfo ENOTFOUND db-1.db' },
    });
    const { stdout } = await runCli(netsvc, 'web', { now: NOW, world: { connect: async () => cluster } });
    expect(stdout).toContain('it asks for db-1.db: Service db has no pod db-1');
    expect(stdout).not.toContain('out of date');
  });

  it('a Service that is missing where it is asked for is found in another namespace', async () => {
    const app = crashing('web-6f9c-a', ended(1, 'Error'), { of: 'web' });
    const pay = service('payments', {}, { namespace: 'pay' });
    const front = ingressTo('shop', { service: 'payments' });
    const cluster = fakeCluster([service('web'), deployment('web'), app, pay, front], {
      namespace: 'shop',
      logs: { 'shop/web-6f9c-a/app.previous': 'getaddrinfo ENOTFOUND payments' },
    });
    const world = { connect: async () => cluster };
    const { stdout } = await runCli(netsvc, 'web', { now: NOW, world });
    expect(stdout).toContain('Service payments is in namespace pay');
    expect((await runCli(netsvc, 'ing/shop', { now: NOW, world })).stdout).toContain('(it does in pay)');
  });

  it('a change on which no controller has acted is told with its time', async () => {
    const made = pod('web-1');
    const late = deployment('web', { app: 'web' }, { replicas: 3 });
    const written = { manager: 'kubectl', operation: 'Update', time: secondsAgo(300) };
    const changed = {
      ...late,
      metadata: { ...late.metadata, generation: 2, creationTimestamp: secondsAgo(9000), managedFields: [written] },
      status: { observedGeneration: 1, replicas: 1, readyReplicas: 1 },
    };
    const objects = [service('web'), made, ...slicesFor(service('web'), [made]), changed as KubeObject];
    const cluster = fakeCluster(objects, { namespace: 'shop' });
    const { stdout } = await runCli(netsvc, 'web', { now: NOW, world: { connect: async () => cluster } });
    expect(stdout).toContain('SVC211');
  });

  it.each([
    ['IngressClass', 'ing/shop', 'ingress: forbidden: list ingressclasses'],
    ['Node', 'web', 'exposure, cluster, pressure: forbidden: list nodes'],
    ['Namespace', 'web --from pod/client', 'policy: forbidden: '],
  ])('without the right to read %s it is said what the answer does not cover', async (kind, words, said) => {
    const web = service('web', { type: 'NodePort', externalTrafficPolicy: 'Local' });
    const made = pod('web-1');
    const front = ingressTo('shop', { service: 'web', address: false });
    const allow = networkPolicy('allow', {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'x' } } }] }, { ports: [{ port: 9 }] }],
    });
    const client = pod('client', { labels: { app: 'client' } });
    const objects = [namespace('shop'), web, made, client, ...slicesFor(web, [made])];
    const extra = kind === 'IngressClass' ? [front] : kind === 'Namespace' ? [allow] : [];
    const forbidden = [kind, `${kind}@*`, `${kind}@shop`];
    const cluster = fakeCluster([...objects, ...extra], { namespace: 'shop', forbidden });
    const { stdout } = await runCli(netsvc, words, { now: NOW, world: { connect: async () => cluster } });
    expect(stdout.replace(/\s+/g, ' ')).toContain(said);
  });

  it('an Ingress controller that was switched off is found, whatever address it has left behind', async () => {
    const made = pod('web-1');
    const off = deployment('ingress-nginx-controller', { app: 'c' }, { replicas: 0 }, { namespace: 'ingress-nginx' });
    const ask = async (address: boolean, more: readonly KubeObject[] = []) => {
      const front = ingressTo('shop', { service: 'web', address });
      const edge = ingressClass('edge', 'k8s.io/ingress-nginx');
      const objects = [service('web'), made, ...slicesFor(service('web'), [made]), front, edge, off, ...more];
      const cluster = fakeCluster(objects, { namespace: 'shop' });
      return (await runCli(netsvc, 'ing/shop', { now: NOW, world: { connect: async () => cluster } })).stdout;
    };
    expect(await ask(true)).toContain('SVC723');
    const without = await ask(false);
    expect(without).toContain('SVC723');
    expect(without).not.toContain('a controller runs');
    // Another one of the name does its work.
    const set = workload('DaemonSet', 'ingress-nginx', { app: 'd' }, {}, { namespace: 'ingress-nginx' });
    expect(await ask(true, [set])).not.toContain('SVC723');
  });

  it.each([
    ['its own policy', 'shop', { podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ port: 8080 }] }] }],
    ['a policy on the servers', 'kube-system', { podSelector: {} }],
  ])('that a caller may not ask the DNS servers by %s is seen', async (_, where, spec) => {
    const made = pod('web-1');
    const client = pod('client', { labels: { app: 'client' } });
    const closed = { ...networkPolicy('closed', spec), metadata: { name: 'closed', namespace: where } };
    const calico = workload('DaemonSet', 'calico-node', { app: 'c' }, {}, { namespace: 'kube-system' });
    const objects = [namespace('shop'), namespace('kube-system'), service('web'), made, client, closed, calico];
    const all = [...objects, ...slicesFor(service('web'), [made]), ...clusterDns([dnsPod('coredns-1')])];
    const cluster = fakeCluster(all, { namespace: 'shop' });
    const world = { connect: async () => cluster };
    const { stdout } = await runCli(netsvc, 'web --from pod/client', { now: NOW, world });
    expect(stdout).toContain('SVC605');
    expect(stdout).toContain('ask the DNS servers (low risk)');
  });

  it('the callers that a policy means are found in another namespace', async () => {
    const made = pod('web-1');
    const ui = pod('ui-1', { namespace: 'front', labels: { app: 'ui' } });
    const allow = networkPolicy('allow', {
      podSelector: {},
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'ui' } } }] }],
    });
    const objects = [namespace('shop'), namespace('front'), service('web'), made, ui, allow];
    const cluster = fakeCluster([...objects, ...slicesFor(service('web'), [made])], { namespace: 'shop' });
    const { stdout } = await runCli(netsvc, 'web', { now: NOW, world: { connect: async () => cluster } });
    expect(stdout.replace(/\s+/g, ' ')).toContain('pods with that label are in namespace front');
  });

  it('with rights in one namespace only, the answer about it is the same and says what was not seen', async () => {
    const read = await readScenario('selector-key-typo');
    const cluster = fakeCluster(objectsOf(read), {
      namespace: 'selector-key-typo',
      onlyNamespace: 'selector-key-typo',
    });
    const run = await runCli(netsvc, 'cart', { now: read.takenAt, world: { connect: async () => cluster } });
    expect(run.exit).toBe(1);
    expect(run.stdout).toContain('component=backend instead of compnent=backend');
  });
});

describe.each(['control-node-port', 'control-stateful-set', 'control-deny-all-plus-right-allow'])(
  'a right that lacks never makes a fault of %s',
  (name) => {
    const kinds = [...new Set(checks.flatMap((check) => [...check.needs, ...(check.uses ?? [])]))].sort();

    it.each(kinds)('%s', async (kind) => {
      const question = questionOf(name);
      if (question === undefined) return;
      const read = await readScenario(name);
      const cluster = fakeCluster(objectsOf(read), { namespace: question.namespace, forbidden: [kind] });
      const run = await runCli(netsvc, `${question.target} -o json`, {
        now: read.takenAt,
        world: { connect: async () => cluster },
      });
      const answer = JSON.parse(run.stdout);
      expect(answer.causes).toEqual([]);
      expect(['healthy', 'unknown']).toContain(answer.verdict);
    });
  },
);
