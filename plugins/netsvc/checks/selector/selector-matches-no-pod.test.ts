import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../shared/model/objects.ts';
import { crashing, ended } from '../../../../shared/testing/broken-pods.ts';
import {
  deployment,
  event,
  ownedBy,
  pod,
  secondsAgo,
  service,
  slicesFor,
  workload,
} from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { type StagedOptions, stagedApp } from '../../testing/staged-app.ts';

type Selector = Readonly<Record<string, string>>;

function diagnose(
  selector: Selector,
  apps: readonly (readonly [string, StagedOptions])[],
  more: readonly KubeObject[] = [],
) {
  const svc = service('payment', { selector });
  const staged = apps.map(([name, options]) => stagedApp(name, options));
  return diagnoseObjects(
    [
      svc,
      ...staged.flatMap((app) => app.objects),
      ...more,
      ...slicesFor(
        svc,
        staged.flatMap((app) => app.pods),
      ),
    ],
    'payment',
  );
}

describe('selector-matches-no-pod', () => {
  it('names the label value that differs on the nearest workload and gives both patches', () => {
    const report = diagnose({ app: 'payment', tier: 'api' }, [['payment', { podLabels: { tier: 'backend' } }]]);
    expect(causeCodes(report)).toEqual(['SVC101']);
    expect(report.headline).toContain('Deployment payment has tier=backend instead of tier=api');
    expect(report.causes[0]?.confidence).toBe('proven');
    expect(report.causes[0]?.fixes.map((fix) => fix.command)).toEqual([
      `kubectl patch service payment -n shop --type=merge -p '{"spec":{"selector":{"tier":"backend"}}}'`,
      `kubectl patch deployment payment -n shop -p '{"spec":{"template":{"metadata":{"labels":{"tier":"api"}}}}}'`,
    ]);
  });

  const slips: readonly (readonly [string, string, Selector, Selector, string])[] = [
    [
      'case',
      'payment',
      { app: 'payment' },
      { app: 'Payment' },
      'app=Payment instead of app=payment (only upper and lower case differ)',
    ],
    ['dashes', 'pay', { app: 'payment-api' }, { app: 'payment_api' }, '(only dashes, underscores or dots differ)'],
    [
      'plural',
      'pay',
      { app: 'payments' },
      { app: 'payment' },
      'app=payment instead of app=payments (singular and plural)',
    ],
    ['version', 'pay', { app: 'payment' }, { app: 'payment-v2' }, '(only the version suffix differs)'],
    ['letter', 'pay', { app: 'paymnt' }, { app: 'payment' }, '(one letter differs)'],
    ['key', 'pay', { aap: 'payment' }, { app: 'payment' }, 'has app=payment instead of aap=payment'],
    [
      'well-known key',
      'pay',
      { app: 'payment' },
      { 'app.kubernetes.io/name': 'payment' },
      'has app.kubernetes.io/name=payment instead of app=payment',
    ],
    ['key missing', 'pay', { app: 'payment', track: 'stable' }, { app: 'payment' }, 'has no label track'],
    [
      'hash',
      'pay',
      { app: 'payment', 'pod-template-hash': 'aaaaaaaaa' },
      { app: 'payment' },
      'pod-template-hash=5d4f8c7b9 instead of pod-template-hash=aaaaaaaaa',
    ],
  ];
  for (const [what, name, selector, labels, words] of slips) {
    it(`tells a slip of ${what}`, () => {
      const report = diagnose(selector, [
        [name, { labels }],
        ['mailer', {}],
      ]);
      expect(causeCodes(report)).toEqual(['SVC101']);
      expect(report.headline).toContain(words);
      expect(report.headline).toContain(`Deployment ${name}`);
    });
  }

  it('names all keys that differ, and only those', () => {
    const report = diagnose({ app: 'payment', tier: 'api', zone: 'eu' }, [
      ['payment', { labels: { app: 'payment' }, podLabels: { tier: 'backend', zone: 'us' } }],
    ]);
    expect(report.headline).toContain('has tier=backend instead of tier=api and zone=us instead of zone=eu');
    expect(report.headline).not.toContain('app=payment instead');
  });

  it('is only likely when several workloads are equally near', () => {
    const report = diagnose({ app: 'payment', version: 'v3' }, [
      ['payment-v1', { labels: { app: 'payment', version: 'v1' } }],
      ['payment-v2', { labels: { app: 'payment', version: 'v2' } }],
    ]);
    expect(report.causes[0]?.confidence).toBe('likely');
    expect(report.headline).toContain('equally near: Deployment payment-v2');
    expect(report.causes[0]?.fixes.map((fix) => fix.title)).toEqual([
      'point the Service at Deployment payment-v1',
      'point the Service at Deployment payment-v2',
    ]);
  });

  it('does not offer a workload that is behind a Service of its own and shares no label', () => {
    const admin = stagedApp('payadmin', { labels: { app: 'payadmin' } });
    const own = service('payadmin', { selector: { app: 'payadmin' } });
    const alone = diagnose({ app: 'payment' }, [], admin.objects);
    expect(alone.headline).toContain('Deployment payadmin has app=payadmin');
    const report = diagnose({ app: 'payment' }, [], [...admin.objects, own]);
    expect(causeCodes(report)).toEqual(['SVC101']);
    expect(report.headline).not.toContain('instead of');
    expect(report.headline).toContain('Deployment payadmin (app=payadmin)');
    expect(report.causes[0]?.fixes.some(({ command }) => command.includes('patch service'))).toBe(false);
  });

  it('says that a StatefulSet has fewer replicas than the Service of one pod wants', () => {
    const key = 'statefulset.kubernetes.io/pod-name';
    const set = workload('StatefulSet', 'db', { app: 'db' }, { replicas: 2 });
    const made = [0, 1].map((at) => pod(`db-${at}`, { labels: { app: 'db', [key]: `db-${at}` } }));
    const report = diagnose({ [key]: 'db-2' }, [], [set, ...made]);
    expect(report.headline).toContain('StatefulSet db has 2 replicas, so there is no pod db-2');
    expect(report.headline).not.toContain('instead of');
    expect(report.causes[0]?.fixes[0]).toMatchObject({
      command: 'kubectl scale statefulset/db -n shop --replicas=3',
      undo: 'kubectl scale statefulset/db -n shop --replicas=2',
    });
    expect(causeCodes(diagnose({ [key]: 'db-1' }, [], [set, ...made]))).not.toContain('SVC101');
  });

  it('names the pods of a StatefulSet where the Service of one of them has another name', () => {
    const key = 'statefulset.kubernetes.io/pod-name';
    const sets = ['db', 'redis'].map((name) => workload('StatefulSet', name, { app: name }, { replicas: 2 }));
    const made = sets.flatMap(({ metadata }) =>
      [1, 0].map((at) =>
        pod(`${metadata?.name}-${at}`, {
          labels: { app: `${metadata?.name}`, [key]: `${metadata?.name}-${at}` },
          meta: ownedBy('StatefulSet', `${metadata?.name}`),
        }),
      ),
    );
    const report = diagnoseObjects(
      [service('db-main', { selector: { [key]: 'database-0' } }), ...sets, ...made],
      'db-main',
    );
    expect(report.headline).toContain(`StatefulSet db has ${key}=db-0 instead of ${key}=database-0`);
    expect(report.causes[0]?.fixes.map((fix) => fix.command)).toEqual([
      `kubectl patch service db-main -n shop --type=merge -p '{"spec":{"selector":{"${key}":"db-0"}}}'`,
    ]);
  });

  it.each([
    [{ app: 'payment', environment: 'prod' }, { env: 'prod' }, 'env=prod instead of environment=prod'],
    [{ app: 'payment', environment: 'prod' }, {}, 'no label environment'],
  ])('prefers the workload that bears the name to another that has the rest (%j)', (selector, podLabels, words) => {
    const report = diagnose(selector, [
      ['payment', { podLabels }],
      ['payment-worker', { podLabels: { environment: 'prod' } }],
    ]);
    expect(report.headline).toContain(`Deployment payment has ${words}`);
    expect(report.headline).not.toContain('equally near');
  });

  it('says what the namespace has when nothing resembles the selector', () => {
    const report = diagnose({ app: 'payment' }, [['zzz', { labels: { role: 'queue' } }]]);
    expect(report.headline).toContain('nothing there resembles it: the namespace has Deployment zzz (role=queue)');
  });

  it('says that the namespace is empty', () => {
    expect(diagnose({ app: 'payment' }, []).headline).toContain('the namespace has no pods and no workload');
  });

  it('names the workload that was deleted, whatever copies of it run elsewhere', () => {
    const made = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'payment', namespace: 'shop', uid: 'x' },
    };
    const told = event(made, 'ScalingReplicaSet', 'Scaled up replica set payment-6f9c7d8b5 from 0 to 2', {
      type: 'Normal',
    });
    const there = {
      ...service('payment', { selector: { app: 'payment' }, clusterIP: '10.96.10.11', clusterIPs: ['10.96.10.11'] }),
      metadata: { name: 'payment', namespace: 'staging' },
    };
    const copy = pod('payment-1', { namespace: 'staging', labels: { app: 'payment' } });
    for (const more of [[told], [told, there, copy]]) {
      const report = diagnose({ app: 'payment' }, [['mailer', {}]], more);
      expect(causeCodes(report)).toEqual(['SVC101']);
      expect(report.headline).toContain('Deployment payment was deleted');
      expect(report.causes[0]?.fixes[0]?.command).toBe("kubectl apply -n shop -f '<FILE>'");
    }
    const running = diagnose({ app: 'payment' }, [['payment', { labels: { app: 'pay' } }]], [told]);
    expect(running.headline).not.toContain('deleted');
  });

  it('names the pod without a workload that the scheduler took away', () => {
    const told = event(pod('batch'), 'Preempted', 'Preempted by pod 7f2d on node n1', { type: 'Normal' });
    const report = diagnose({ app: 'batch' }, [['mailer', {}]], [told]);
    expect(causeCodes(report)).toEqual(['SVC101']);
    expect(report.headline).toContain('; pod batch was preempted, and no workload makes it again');
    expect(report.causes[0]?.fixes[0]?.title).toContain('make Pod batch again');
    expect(diagnose({ app: 'other' }, [['mailer', {}]], [told]).headline).not.toContain('preempted');
  });

  it('drops the hash of a revision from the selector, which the next release would change again', () => {
    const report = diagnose({ app: 'payment', 'pod-template-hash': 'aaaaaaaaa' }, [['payment', {}]]);
    expect(report.causes[0]?.fixes[0]?.command).toContain('{"selector":{"pod-template-hash":null}}');
  });

  it('is not distracted by an ended pod without a workload that carries the labels', () => {
    const left = pod('debug', {
      labels: { app: 'payment' },
      status: { phase: 'Succeeded' },
      spec: { restartPolicy: 'Never' },
    });
    const report = diagnose({ app: 'payment' }, [['payment', { labels: { app: 'payment-api' } }]], [left]);
    expect(causeCodes(report)).toEqual(['SVC101']);
    expect(report.headline).toContain('Deployment payment has app=payment-api');
  });

  it('finds pods that no workload owns', () => {
    const report = diagnose({ app: 'payment' }, [], [pod('payment-1', { labels: { app: 'payments' } })]);
    expect(report.headline).toContain('Pod payment-1 has app=payments');
  });

  it('tells who changed the selector last', () => {
    const managedFields = [
      {
        manager: 'kubectl-edit',
        operation: 'Update',
        time: secondsAgo(120),
        fieldsV1: { 'f:spec': { 'f:selector': {} } },
      },
    ];
    const svc = service('payment', { selector: { app: 'paymnt' } }, { managedFields });
    const report = diagnoseObjects([svc, ...stagedApp('payment').objects], 'payment');
    expect(report.causes[0]?.evidence.map((entry) => entry.fact).join('\n')).toContain(
      'spec.selector last changed by kubectl-edit 2m ago',
    );
  });

  it('names the old ReplicaSet of a custom controller that would make such pods', () => {
    const ownerReferences = [{ kind: 'Rollout', name: 'payment', controller: true }];
    const old = workload('ReplicaSet', 'payment-77c', { app: 'payment' }, { replicas: 0 }, { ownerReferences });
    const newest = { ownerReferences, creationTimestamp: secondsAgo(60) };
    const set = workload('ReplicaSet', 'payment-88d', { app: 'paid' }, {}, newest);
    expect(diagnose({ app: 'payment' }, [], [old, set]).headline).toContain(
      'ReplicaSet payment-77c of Rollout payment makes such pods and wants 0',
    );
  });

  it('leaves a workload that matches and has no pods to others', () => {
    const report = diagnose({ app: 'payment' }, [], [deployment('payment', { app: 'payment' }, { replicas: 0 })]);
    expect(causeCodes(report)).not.toContain('SVC101');
  });

  it('tells after it what is wrong with the pods that it was meant for', () => {
    const crash = crashing('payment-6f9c-a', ended(3, 'Error'), { of: 'payment', labels: { app: 'payment' } });
    const made = deployment('payment', { app: 'payment' });
    const report = diagnoseObjects([service('payment', { selector: { app: 'paymnt' } }), made, crash], 'payment');
    expect(causeCodes(report)).toEqual(['SVC101', 'SVC229']);
    expect(report.causes[1]?.evidence[0]?.fact).toContain('Deployment payment, which the selector misses');
  });

  it('does not say that nothing makes pods where a dump lacks some kinds of workloads', () => {
    const report = diagnoseObjects([service('payment', { selector: { app: 'payment' } })], 'payment', {
      except: { StatefulSet: 'notCollected', Job: 'notCollected' },
    });
    expect(report.headline).toContain('the namespace has no pods; StatefulSets and Jobs were not read');
  });

  it('stays silent when a pod matches', () => {
    expect(diagnose({ app: 'payment' }, [['payment', {}]]).verdict).toBe('healthy');
  });

  it('cannot tell without pods, and says which right is missing', () => {
    const report = diagnoseObjects([service('web')], 'web', { except: { Pod: 'forbidden' } });
    expect(report.verdict).toBe('unknown');
    expect(report.headline).toContain('forbidden: list Pod');
  });
});

describe('pods-in-other-namespace', () => {
  const elsewhere = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      pod(`payment-${at}`, { namespace: 'payments', labels: { app: 'payment' } }),
    );

  it('names the namespace and offers the Service there', () => {
    const report = diagnose({ app: 'payment' }, [['mailer', {}]], elsewhere(2));
    expect(causeCodes(report)).toEqual(['SVC102']);
    expect(report.headline).toContain('are in namespace payments');
    expect(report.headline).toContain('a Service selects only in its own namespace, shop');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"namespace":"payments"');
  });

  it('offers an alias when a Service is there already', () => {
    const there = {
      ...service('payment', { selector: { app: 'payment' }, clusterIP: '10.96.10.11', clusterIPs: ['10.96.10.11'] }),
      metadata: { name: 'payment', namespace: 'payments' },
    };
    const report = diagnose({ app: 'payment' }, [], [...elsewhere(1), there]);
    expect(report.causes[0]).toMatchObject({ code: 'SVC102', confidence: 'likely' });
    expect(report.causes[0]?.fixes[0]?.command).toContain('payment.payments.svc.cluster.local');
  });

  it('takes workloads here before a copy of the whole app elsewhere', () => {
    const there = {
      ...service('payment', { selector: { app: 'payment' }, clusterIP: '10.96.10.11', clusterIPs: ['10.96.10.11'] }),
      metadata: { name: 'payment', namespace: 'payments' },
    };
    const here = ['payment-api', 'payment-jobs'].map((app) => [app, { labels: { app } }] as const);
    const report = diagnose({ app: 'payment' }, here, [...elsewhere(2), there]);
    expect(causeCodes(report)).toEqual(['SVC101']);
    expect(report.headline).toContain('Deployment payment-api has app=payment-api instead of app=payment');
  });

  it('yields to a near miss in the own namespace', () => {
    const report = diagnose({ app: 'payment' }, [['payment', { labels: { app: 'payments' } }]], elsewhere(2));
    expect(causeCodes(report)).toEqual(['SVC101']);
    expect(report.causes[0]?.evidence.map((entry) => entry.fact).join('\n')).toContain('2 pods of namespace payments');
  });

  it('blames the colour that is not there, not a copy of the app in another namespace', () => {
    const blue = stagedApp('web-blue', { labels: { app: 'web', color: 'blue' } });
    const staging = pod('web-green-1', { namespace: 'staging', labels: { app: 'web', color: 'green' } });
    const web = service('web', { selector: { app: 'web', color: 'green' } });
    const report = diagnoseObjects([web, ...blue.objects, staging, ...slicesFor(web, [])], 'web');
    expect(causeCodes(report)).toEqual(['SVC101']);
    expect(report.headline).toContain('Deployment web-blue has color=blue instead of color=green');
  });
});
