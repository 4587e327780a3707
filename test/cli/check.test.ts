import { describe, expect, it } from 'vitest';
import { netsvc } from '../../plugins/netsvc/plugin.ts';
import type { KubeObject } from '../../shared/model/objects.ts';
import { ingress, namespace, node, pod, service, slicesFor } from '../../shared/testing/builders.ts';
import { fakeCluster } from '../../shared/testing/fake-cluster.ts';
import { type CliRun, runCli } from '../../shared/testing/run-cli.ts';

/** Service web works, payment selects a label that nobody has, legacy has no selector and no endpoints. */
function shop(annotations: Readonly<Record<string, string>> = {}): readonly KubeObject[] {
  const web = service('web', {}, { labels: { team: 'front' } });
  const pods = [pod('web-1', { ip: '10.244.1.10' })];
  const payment = service(
    'payment',
    { selector: { app: 'payments' }, clusterIP: '10.96.10.12', clusterIPs: ['10.96.10.12'] },
    { labels: { team: 'pay' }, annotations },
  );
  return [
    namespace('shop'),
    namespace('empty'),
    node('n1'),
    web,
    ...pods,
    ...slicesFor(web, pods),
    payment,
    ...slicesFor(payment, []),
    pod('payment-1', { labels: { app: 'payment' }, ip: '10.244.1.20' }),
  ];
}

function ask(line: string, objects = shop()): Promise<CliRun> {
  const cluster = fakeCluster(objects, { namespace: 'shop', context: 'test' });
  return runCli(netsvc, line, { world: { connect: async () => cluster } });
}

describe('check', () => {
  it('prints every Service on a line, worst first, and what was scanned', async () => {
    const run = await ask('check');
    expect(run.exit).toBe(1);
    expect(run.stdout.split('\n')).toEqual([
      'BROKEN  1 of 2 Services in namespace shop has a fault: payment',
      '',
      'SERVICE  VERDICT  CODE    CAUSE',
      expect.stringMatching(/^payment {2}BROKEN {3}SVC101 {2}selects app=payments, which no pod/),
      'web      HEALTHY',
      '',
      'Evidence and fix: kubectl netsvc payment -n shop',
      expect.stringMatching(/^Scanned: 2 Services, 2 pods, \d EndpointSlices?, 1 node$/),
      '',
    ]);
    expect(run.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('ends with a line to paste that asks the same facts', async () => {
    expect((await ask('check --context prod --as jane')).stdout).toContain(
      '\nEvidence and fix: kubectl netsvc payment -n shop --context prod --as jane\n',
    );
  });

  it('has a line for a Service that does not exist and that an Ingress sends to', async () => {
    const backend = { service: { name: 'errors', port: { number: 80 } } };
    const run = await ask('check', [...shop(), ingress('front', { defaultBackend: backend })]);
    expect(run.stdout).toMatch(/^BROKEN {2}2 of 3 Services in namespace shop have faults: /);
    expect(run.stdout).toMatch(/\nerrors +BROKEN +SVC704 /);
  });

  it('puts the Service first that the others wait for', async () => {
    // cart and front ask the Service after them in their probes; redis selects a label that nobody has.
    const waiting = (name: string, asks: string): readonly KubeObject[] => {
      const made = pod(`${name}-1`, { labels: { app: name }, ready: false });
      const readinessProbe = { exec: { command: ['nc', '-z', asks, '80'] } };
      const containers = (made.spec?.containers ?? []).map((one) => ({ ...one, readinessProbe }));
      return [
        service(name, { selector: { app: name } }),
        { ...made, spec: { ...made.spec, containers } } as KubeObject,
      ];
    };
    const redis = service('redis', { selector: { app: 'redis-cache' } });
    const chain = [
      ...waiting('cart', 'redis'),
      ...waiting('back', 'cart'),
      redis,
      service('alone', { selector: { app: 'x' } }),
    ];
    const { stdout } = await ask('check', [...shop(), ...chain]);
    const order = stdout.split('\n').flatMap((line) => /^(\w+) +BROKEN/.exec(line)?.[1] ?? []);
    expect(order).toEqual(['redis', 'alone', 'payment', 'cart', 'back']);
  });

  it('names namespaces with -A', async () => {
    const { stdout } = await ask('check -A');
    expect(stdout).toContain('NAMESPACE  SERVICE  VERDICT  CODE    CAUSE');
    expect(stdout).toContain('in all namespaces has a fault: shop/payment');
  });

  it('takes label selectors as kubectl does', async () => {
    expect((await ask('check -l team=front')).exit).toBe(0);
    expect((await ask('check -l team!=pay')).exit).toBe(0);
    const cluster = fakeCluster(shop(), { namespace: 'shop' });
    const run = await runCli(netsvc, ['check', '-l', 'team in (pay,ops)'], { world: { connect: async () => cluster } });
    expect(run.exit).toBe(1);
    expect(run.stdout).toMatch(/the only Service in namespace shop with team in \(pay,ops\) has a fault:\s+payment\n/);
  });

  it('takes field selectors as kubectl does, together with labels', async () => {
    expect((await ask('check --field-selector metadata.name=web')).exit).toBe(0);
    expect((await ask('check --field-selector metadata.name!=payment')).exit).toBe(0);
    expect((await ask('check -A --field-selector metadata.namespace!=shop')).exit).toBe(0);
    const run = await ask('check --field-selector=spec.type=ClusterIP,metadata.name!=web -l team');
    expect(run.exit).toBe(1);
    expect(run.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'the only Service in namespace shop with team and spec.type=ClusterIP,metadata.name!=web has a fault: payment ',
    );
    const none = await ask('check --field-selector metadata.name=payment -l team=front');
    expect(none).toMatchObject({ exit: 0, stderr: '' });
  });

  it('selects by fields in a recording as in the cluster', async () => {
    const line = (selector: string): string =>
      `check --snapshot test/scenarios/selector-relabelled-in-release/facts --field-selector ${selector} -o name`;
    expect((await runCli(netsvc, line('metadata.name=payment-service'))).stdout).toBe('service/payment-service\n');
    expect((await runCli(netsvc, line('metadata.name!=payment-service'))).stdout).not.toContain('payment-service');
  });

  it('of a namespace without Services is silent about faults', async () => {
    const run = await ask('check -n empty');
    expect(run).toEqual({ stdout: 'HEALTHY  there is no Service in namespace empty\n', stderr: '', exit: 0 });
  });

  it('of a namespace that does not exist could not tell', async () => {
    const run = await ask('check -n shpo');
    expect(run.exit).toBe(3);
    expect(run.stdout).toContain('UNKNOWN  could not tell: there is no namespace shpo; nearest: shop');
  });

  it('-o name gives what is not healthy, for scripts', async () => {
    expect((await ask('check -o name')).stdout).toBe('service/payment\n');
  });

  it('-o wide adds the evidence and the fix of every cause', async () => {
    const { stdout } = await ask('check -o wide');
    expect(stdout).toContain('kubectl patch service payment -n shop');
  });

  it('-o junit is a test case for each Service', async () => {
    const { stdout } = await ask('check -o junit');
    expect(stdout).toContain('<testsuite name="netsvc check" tests="2" failures="1" errors="0" skipped="0"');
    expect(stdout).toContain('<testcase classname="shop" name="Service web"/>');
    expect(stdout).toContain('<failure type="SVC101" message="Service shop/payment selects app=payments');
    const never = await ask('check -o junit --fail-on never');
    expect(never.stdout).toContain('failures="0"');
  });

  it('-o sarif names rule, level and object', async () => {
    const { stdout } = await ask('check -o sarif');
    const [run] = JSON.parse(stdout).runs;
    expect(run.tool.driver.rules.map((rule: { id: string }) => rule.id)).toContain('SVC101');
    expect(run.results[0]).toMatchObject({
      ruleId: 'SVC101',
      level: 'error',
      locations: [{ logicalLocations: [{ fullyQualifiedName: 'service/shop/payment' }] }],
    });
  });
});

describe('suppression', () => {
  it.each([
    '--suppress SVC101',
    '--suppress SVC101=shop/payment',
    '--suppress SVC1*=shop/*',
    '--suppress svc101=*/payment',
    '--suppress selector-matches-no-pod=shop/payment',
    '--suppress SVC401,SVC101=shop/payment',
  ])('%s leaves the finding out and says so', async (flag) => {
    const run = await ask(`check ${flag}`);
    expect(run.exit).toBe(0);
    expect(run.stdout).toContain('HEALTHY  all 2 Services in namespace shop are healthy');
    expect(run.stdout).toContain('Suppressed\n  SVC101 of Service payment (--suppress');
  });

  it.each(['--suppress SVC101=shop/web', '--suppress SVC4*', '--suppress SVC101=other/*'])(
    '%s does not concern it',
    async (flag) => {
      expect((await ask(`check ${flag}`)).exit).toBe(1);
    },
  );

  it('by annotation on the Service, for check and for diagnose', async () => {
    const objects = shop({ 'kubectl-net/suppress': 'SVC4*, SVC101' });
    expect((await ask('check', objects)).exit).toBe(0);
    const one = await ask('payment', objects);
    expect(one.exit).toBe(0);
    expect(one.stdout).toContain('nothing but suppressed findings: SVC101');
    expect(one.stdout).toContain('(annotation kubectl-net/suppress)');
  });

  it('is told in JSON', async () => {
    const { stdout } = await ask('payment --suppress SVC101 -o json');
    expect(JSON.parse(stdout).suppressed).toEqual([
      {
        code: 'SVC101',
        subject: { kind: 'Service', namespace: 'shop', name: 'payment' },
        by: '--suppress SVC101',
      },
    ]);
  });
});
