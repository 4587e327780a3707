import { describe, expect, it } from 'vitest';
import { runCli } from '../../../../../shared/testing/run-cli.ts';
import { netsvc } from '../../../plugin.ts';

interface Slip {
  readonly label?: string;
  readonly port?: string;
  readonly value?: string;
  readonly stored?: string;
}

function manifests({ label = '"1.10"', port = '80', value = '"5432"', stored = '' }: Slip): string {
  return `apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web, version: "1.1"}
  ports: [{port: ${port}, targetPort: 8080}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop${stored}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, version: ${label}}}
    spec:
      containers:
      - name: app
        image: web:1
        ports: [{containerPort: 8080}]
        env: [{name: DB_PORT, value: ${value}}]
`;
}

async function ask(slip: Slip) {
  const argv = ['web', '-n', 'shop', '--snapshot', '-', '-o', 'json'];
  const run = await runCli(netsvc, argv, { stdin: manifests(slip) });
  const report = JSON.parse(run.stdout) as {
    readonly verdict: string;
    readonly headline: string;
    readonly causes: readonly { readonly code: string; readonly subject: { readonly kind: string } }[];
    readonly notChecked: readonly { readonly reason: string }[];
  };
  return { ...report, exit: run.exit };
}

describe('a manifest that the API server refuses', () => {
  it('is the cause: a variable whose value is a number', async () => {
    const report = await ask({ label: '"1.1"', value: '5432' });
    expect(report).toMatchObject({ verdict: 'broken', exit: 1 });
    expect(report.causes[0]).toMatchObject({ code: 'SVC249', subject: { kind: 'Deployment' } });
    expect(report.headline).toBe(
      'the API server would refuse Deployment web: spec.template.spec.containers[0].env[0].value must be text and is ' +
        'read as the number 5432: write it in quotes',
    );
    expect(report.notChecked.map(({ reason }) => reason).join()).not.toContain('env[0]');
  });

  it('is the only cause where the field is right as it was meant', async () => {
    expect((await ask({ label: '1.1' })).causes.map(({ code }) => code)).toEqual(['SVC249']);
    expect((await ask({ label: '"1.1"', port: '"80"' })).causes.map(({ code }) => code)).toEqual(['SVC249']);
  });

  it('is none where the text is right', async () => {
    expect(await ask({ label: '"1.1"' })).toMatchObject({ verdict: 'healthy', causes: [] });
  });

  it('cannot be one that a server gave out: the file is noted', async () => {
    const report = await ask({ label: '"1.1"', value: '5432', stored: ', uid: u-1' });
    expect(report.causes.map(({ code }) => code)).not.toContain('SVC249');
    expect(report.notChecked.map(({ reason }) => reason).join()).toContain('env[0].value must be text');
  });
});
