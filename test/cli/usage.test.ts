import { describe, expect, it } from 'vitest';
import { netsvc } from '../../plugins/netsvc/plugin.ts';
import { runCli } from '../../shared/testing/run-cli.ts';
import { scenario } from './facts.ts';

const FACTS = scenario('selector-relabelled-in-release');

describe('mistakes in the words', () => {
  it.each([
    ['web --namspace shop', 'error: unknown flag --namspace\nDid you mean --namespace?'],
    ['web -z', 'error: unknown flag -z'],
    ['web --kube-config x', 'Did you mean --kubeconfig?'],
    ['web -n', 'error: flag -n needs a value'],
    ['web --snapshot', 'error: flag --snapshot needs a value'],
    ['web -o jsno', 'error: flag --output does not take jsno\nDid you mean json?'],
    ['web --fail-on fatal', 'It takes critical, warning, info, never.'],
    ['web --no-color=maybe', 'error: flag --no-color is true or false, not maybe'],
    [
      'check --from pod/x',
      'error: check does not take --from\nIt belongs to: kubectl netsvc diagnose, kubectl netsvc path',
    ],
    ['check -n shop -A', 'error: check takes either -n or -A'],
    ['check web', 'error: check takes no names\nOne Service: kubectl netsvc web'],
    ['diagnose', 'error: diagnose needs the name of a Service'],
    ['endpoints', 'error: endpoints needs the name of a Service'],
    ['web db', 'error: one name at a time, not 2: web db'],
    ['servce/web', 'error: there is no kind "servce"\nDid you mean service/NAME?'],
    ['svc/', 'names no object'],
    ['web;reboot', 'cannot be the name of an object'],
    ['explain SVC1O1', 'error: there is no code SVC1O1\nDid you mean\n  SVC101  '],
    ['explain selector-matches-no-pods', 'Did you mean\n  SVC101  '],
    ['check --suppress web', 'error: --suppress'],
    ['check --suppress SVC101=web', 'the object needs its namespace'],
    ['check --suppress SVC999', 'error: --suppress SVC999: there is no code SVC999\nDid you mean\n'],
    ['check --suppress SVC0*,SVC0010*=shop/web', 'error: --suppress SVC0010*=shop/web: no code is like SVC0010*\n'],
    [
      'web --suppress DNS601',
      'error: --suppress DNS601: DNS601 is no code of kubectl netsvc\nTry: kubectl netdns explain',
    ],
    ['web --suppress selector-matches-no-pods', 'Did you mean\n  SVC101  '],
    ['check -l app==', ''],
    ['check -l =', 'is not a label selector'],
    ['check --field-selector web', 'error: --field-selector web is not a field selector\nExamples: metadata.name=web'],
    [
      'check --field-selector spec.tpye=NodePort',
      'Did you mean spec.type?\nThe fields are metadata.name, metadata.namespace, spec.clusterIP, spec.type.\n',
    ],
    ['snapshot -o json', 'error: -o json is not an archive'],
    ['snapshot web', 'error: snapshot takes no names: web'],
    ['completion tcsh', 'One hook serves every shell'],
    ['web --from pod/a/b/c', 'names no object'],
    ['web --from svc/client', 'names no pod'],
    ['web --from ing/client', 'does not follow a Ingress'],
  ])('%s', async (line, told) => {
    const run = await runCli(netsvc, line === 'check -l app==' ? `check -l app== ${FACTS}` : line);
    if (told === '') return;
    expect(run.stderr).toContain(told);
    expect(run.stdout).toBe('');
    expect(run.exit).toBe(2);
  });

  it('are told in lines of at most 80 columns with no stack', async () => {
    const { stderr } = await runCli(netsvc, 'web --namspace shop -v');
    expect(stderr.split('\n').filter((text) => text.length > 80)).toEqual([]);
    expect(stderr).not.toContain('    at ');
  });
});

describe('habits of kubectl', () => {
  it.each([
    `payment-service -n shop ${FACTS} -o name`,
    `payment-service -nshop ${FACTS} -oname`,
    `payment-service -n=shop ${FACTS} --output=name`,
    `-n shop ${FACTS} -o name payment-service`,
    `diagnose -n other -n shop payment-service ${FACTS} -o name`,
    `svc/payment-service -n shop ${FACTS} -o name`,
    `service payment-service -n shop ${FACTS} -o name`,
    `services/payment-service -n shop ${FACTS} -o name`,
    `shop/payment-service ${FACTS} -o name`,
    `svc/shop/payment-service ${FACTS} -o name`,
    `payment-service -n shop ${FACTS} -o name -v=6`,
    `payment-service -n shop ${FACTS} -o name -v 6`,
    `payment-service -n shop ${FACTS} -o name --cache-dir /tmp/x --disable-compression`,
    `-n shop ${FACTS} -o name -- payment-service`,
  ])('%s', async (line) => {
    const run = await runCli(netsvc, line);
    expect(run.stdout).toBe('service/payment-service\n');
    expect(run.exit).toBe(1);
  });

  it('an empty value counts as not given, as in -n "$NS"', async () => {
    const run = await runCli(netsvc, ['payment-service', '-n', '', ...FACTS.split(' '), '-o', 'name']);
    expect(run.stdout).toBe('service/payment-service\n');
  });

  it('a Service named like a command is reached by svc/NAME and by diagnose NAME', async () => {
    for (const line of [`svc/check -n shop ${FACTS}`, `diagnose check -n shop ${FACTS}`]) {
      const { stdout } = await runCli(netsvc, line);
      expect(stdout).toContain('there is no Service check in namespace shop');
    }
  });

  it('without any word every Service of the namespace is judged', async () => {
    const bare = await runCli(netsvc, `-n shop ${FACTS}`);
    const check = await runCli(netsvc, `check -n shop ${FACTS}`);
    expect(bare).toEqual(check);
    expect(bare.stdout).toContain('SERVICE');
  });

  it('--snapshot - reads standard input', async () => {
    const list = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ServiceList',
      items: [
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'web', namespace: 'shop' },
          spec: { type: 'ExternalName', externalName: 'db.example.com' },
        },
      ],
    });
    const run = await runCli(netsvc, 'web --snapshot -', { stdin: list });
    expect(run.stdout).toContain('db.example.com');
  });
});
