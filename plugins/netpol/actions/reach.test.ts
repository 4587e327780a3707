import { describe, expect, it } from 'vitest';
import { askManifests } from '../testing/ask-manifests.ts';
import { deployment, SHOP } from '../testing/shop.ts';

const ask = (line: string, manifests = SHOP) => askManifests(manifests, line);

describe('who-can-reach', () => {
  it('cannot tell of a Service behind which no pod stands, and says where to look', async () => {
    const empty = `${SHOP}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: gone, namespace: shop}\nspec: {selector: {app: gone}, ports: [{port: 80}]}\n`;
    for (const line of ['svc/gone -n shop', 'can-reach shop/web shop/gone']) {
      const { exit, stdout } = await ask(line, empty);
      expect(exit).toBe(3);
      expect(stdout.split('\n')[0]).toContain('could not tell: no pod stands behind Service shop/gone');
      expect(stdout).toContain('selector app=gone matches 0 of 2 pods of the namespace');
      expect(stdout).toContain('kubectl netsvc gone -n shop');
    }
    const { causes, findings } = JSON.parse((await ask('svc/gone -n shop -o json', empty)).stdout);
    expect([...causes, ...findings].map(({ code }: { code: string }) => code)).toEqual(['POL002']);
  });

  it('asks about a Service of one family over that one, as can-reach does, and tells families apart elsewhere', async () => {
    const both = (name: string, at: number) =>
      `---\napiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: x, uid: u${at}, labels: {app: ${name}}}
spec: {containers: [{name: a, ports: [{containerPort: 80}]}]}
status: {phase: Running, podIPs: [{ip: 10.1.0.${at}}, {ip: "fd00::${at}"}]}\n`;
    const svc = (family: string) =>
      `---\napiVersion: v1\nkind: Service\nmetadata: {name: ${family.toLowerCase()}, namespace: x, uid: s}
spec: {selector: {app: srv}, ipFamilies: [${family}], ports: [{port: 80}]}\n`;
    const four =
      '---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: x, uid: p}\n' +
      'spec: {podSelector: {matchLabels: {app: srv}}, ingress: [{from: [{ipBlock: {cidr: 10.1.0.0/24}}]}]}\n';
    const all = both('srv', 5) + both('cli', 6) + svc('IPv4') + svc('IPv6') + four;
    const flat = async (line: string) => (await ask(`${line} -n x --cni calico`, all)).stdout.replaceAll(/\s+/g, ' ');
    expect(await flat('svc/ipv4')).toMatch(
      /^1 pod and addresses outside the cluster can reach Service x\/ipv4 on port 80/,
    );
    expect(await flat('svc/ipv6')).toMatch(/^nobody can reach Service x\/ipv6 on port 80/);
    expect(await flat('pod/srv')).toContain('Depends: Every port: over IPv4 the answer is yes, over IPv6 no Pod x/cli');
  });

  it('takes a word that is nothing there for a mistyped command', async () => {
    expect(await ask('matrx -n shop')).toMatchObject({
      exit: 2,
      stderr: 'error: there is no "matrx" in namespace shop\nDid you mean the command matrix?\n',
    });
    expect((await ask('webb -n shop')).stderr).toContain('Did you mean web?');
    expect((await ask('polices shop/web')).stderr).toBe(
      'error: who-can-reach needs one name, and got 2\nDid you mean the command kubectl netpol policies shop/web?\n' +
        'From one to the other: kubectl netpol can-reach polices shop/web\n',
    );
    expect((await ask('shop/api web')).stderr).not.toContain('the command');
  });

  it('groups the sources by the rule that lets them in', async () => {
    const run = await ask('shop/api');
    expect(run.exit).toBe(0);
    expect(run.stdout).toMatch(/^1 pod can reach Deployment shop\/api\n/);
    expect(run.stdout).toMatch(/TCP 8080: NetworkPolicy shop\/api-in, ingress rule 1 \(.+\)\n {4}Deployment shop\/web/);
    expect(run.stdout).not.toContain('data/db');
  });

  it('calls a pod that the server would name by what is known of its name', async () => {
    const more =
      `${SHOP}\n---\napiVersion: v1\nkind: Pod\nmetadata: {generateName: migrate-, namespace: shop, labels: {app: migrate}}\n` +
      'spec: {containers: [{name: m, image: example/m:1}]}\n';
    expect((await ask('matrix', more)).stdout).toContain('Pod shop/migrate-*\n');
  });

  it('names one of several pods for which a reason holds as one of them', async () => {
    const blocks = SHOP.replace('[{podSelector: {}}]', '[{ipBlock: {cidr: 10.0.0.0/8}}]');
    const { stdout } = await ask('shop/api', blocks);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /Depends: TCP 8080: Deployment \w+\/\w+, for one, has no address yet/,
    );
  });

  it('says that a policy of the cluster which denies all pods leaves addresses outside alone', async () => {
    const deny = '{name: all, action: Deny, from: [{namespaces: {}}]}';
    const admin = `---\napiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: shut}\nspec: {priority: 5, subject: {namespaces: {}}, ingress: [${deny}]}\n`;
    const { stdout } = await ask('shop/web', SHOP + admin);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'Every port: no policy stands against it; the ingress rules of AdminNetworkPolicy shut mean pods only any address',
    );
    expect((await ask('shop/web')).stdout).not.toContain('mean pods only');
  });

  const WEB_OUT =
    '---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web-out, namespace: shop}\n' +
    'spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}\n';

  it('counts a pod once that reaches the internet over one family and another over both', async () => {
    const six = `${WEB_OUT}${WEB_OUT.replaceAll('web', 'none').replace('0.0.0.0/0', '::/0')}`;
    const { stdout } = await ask('who-can-reach internet', SHOP + six);
    expect(stdout).toMatch(/^3 pods can reach the internet\n/);
    expect(stdout).toContain('Every port (only over IPv4): ');
    expect(stdout).not.toContain('Address 1.0.0.0');
  });

  it('asks for the internet over the families that can be seen', async () => {
    const { exit, stdout } = await ask('can-reach deploy/web internet --port 443 -n shop', SHOP + WEB_OUT);
    expect([exit, stdout.split('\n')[0]]).toEqual([
      0,
      'ALLOWED  Deployment shop/web can reach the internet on TCP 443',
    ]);
    const six = `${WEB_OUT}${WEB_OUT.replaceAll('web', 'none').replace('0.0.0.0/0', '::/0')}`;
    const both = await ask('can-reach deploy/web internet --port 443 -n shop', SHOP + six);
    expect(both.exit).toBe(3);
    expect(both.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'depends: the internet over IPv4 is allowed and over IPv6 denied',
    );
  });

  it('says what stands in the way where nobody is let through', async () => {
    const shut = WEB_OUT.replace(/egress: .*}\n/, 'egress: []}\n');
    const { stdout } = await ask('what-can deploy/web reach -n shop', SHOP + shut);
    expect(stdout).toMatch(/^Deployment shop\/web can reach nobody\n/);
    expect(stdout).toContain('Out of reach: Every port: no egress rule of NetworkPolicy shop/web-out');
  });

  it('tells rules that mean pods which the files do not hold, and calls nobody only those in the files', async () => {
    const policy = (rules: string) =>
      `---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web, namespace: shop}\nspec: {podSelector: {matchLabels: {app: web}}, ${rules}}\n`;
    const nginx = '{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: nginx}}}';
    const inward =
      SHOP +
      policy(`ingress: [{from: [${nginx}], ports: [{port: http}]}, {from: [{podSelector: {}}], ports: [{port: 1}]}]`);
    const flat = async (line: string, manifests: string) => (await ask(line, manifests)).stdout.replaceAll(/\s+/g, ' ');
    const text = await flat('deploy/web -n shop --port 8080', inward);
    expect(text).toMatch(/^nobody in the files can reach Deployment shop\/web on TCP 8080 /);
    expect(text).toContain('Not in the files - TCP "http": NetworkPolicy shop/web, ingress rule 1');
    expect(text).toContain('lets in all pods of namespace nginx');
    // A port that the rule does not open, and a rule for pods that are there.
    expect(await flat('deploy/web -n shop --port 9', inward)).toMatch(/^nobody can reach/);
    expect(await flat('deploy/web -n shop --port 1', inward)).not.toContain('Not in the files');
    const dns = '{namespaceSelector: {}, podSelector: {matchLabels: {k8s-app: kube-dns}}}';
    const outward =
      SHOP + policy(`policyTypes: [Egress], egress: [{to: [${dns}], ports: [{port: 53, protocol: UDP}]}]`);
    expect(await flat('what-can deploy/web reach -n shop', outward)).toContain(
      'UDP 53: NetworkPolicy shop/web, egress rule 1 (standard input:67) lets it reach pods k8s-app=kube-dns of all namespaces',
    );
    const { notInFiles } = JSON.parse((await ask('what-can deploy/web reach -n shop -o json', outward)).stdout);
    expect(notInFiles).toEqual([
      {
        policy: { kind: 'NetworkPolicy', namespace: 'shop', name: 'web' },
        rule: 0,
        peers: ['pods k8s-app=kube-dns of all namespaces'],
        ports: 'UDP 53',
      },
    ]);
  });

  it('takes an owner of any kind that the matrix names', async () => {
    const owned =
      '---\napiVersion: v1\nkind: Pod\nmetadata: {name: r-1, namespace: shop, labels: {app: r}, ownerReferences: ' +
      '[{apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: r, controller: true}]}\nspec: {containers: []}\n';
    const { stdout, exit } = await ask('rollout/r -n shop', SHOP + owned);
    expect([exit, stdout.split('\n')[0]]).toEqual([
      0,
      '3 pods and addresses outside the cluster can reach Rollout shop/r',
    ]);
    expect((await ask('rollout/gone -n shop', SHOP + owned)).exit).toBe(2);
  });

  it('tells who is kept out, and by what, when asked', async () => {
    const { stdout } = await ask('who-can-reach shop/api --denied --port http');
    expect(stdout).toMatch(/Kept out: TCP 8080: no ingress rule of NetworkPolicy shop\/api-in/);
    expect(stdout).toContain('Deployment data/db');
    expect(stdout).toContain('any address outside the cluster');
  });

  it('calls everybody anyone, and everywhere outside by one name', async () => {
    const { stdout } = await ask('shop/web');
    expect(stdout).toContain('anyone in the cluster (2 pods)');
    expect(stdout).toContain('any address outside the cluster');
  });

  it('translates the ports of a Service', async () => {
    const { stdout } = await ask('svc/db -n data');
    expect(stdout.replace(/\s+/g, ' ')).toContain('on port 15432 (pg) (TCP 5432 of its pods)');
    expect(stdout).toMatch(/^nobody in the files can reach/);
  });

  it('does not say of a port that nobody reaches that somebody does', async () => {
    const two = SHOP.replace(
      'ports: [{port: 15432, targetPort: pg, name: pg}]',
      'ports: [{port: 15432, targetPort: pg, name: pg}, {port: 9000, name: admin}]',
    ).replace('team: shop', 'kubernetes.io/metadata.name: shop');
    const { stdout } = await ask('svc/db -n data', two);
    expect(stdout.split('\n\n')[0]?.replace(/\s+/g, ' ')).toBe(
      '1 pod can reach Service data/db on port 15432 (pg) (TCP 5432 of its pods), nobody on port 9000 (admin)',
    );
  });

  it('says that it is not decided where nobody surely gets in, and tells blocks that may hold a pod together', async () => {
    const blocks = SHOP.replace(
      /- namespaceSelector:.*\n.*/,
      '- ipBlock: {cidr: 10.0.0.0/8}\n        - ipBlock: {cidr: 2001:db8::/32}',
    );
    const run = await ask('can-reach shop/web data/db', blocks);
    expect(run.exit).toBe(3);
    expect(run.stdout.replace(/\s+/g, ' ')).toContain(
      'Deployment shop/web has no address yet, so 10.0.0.0/8 and 2001:db8::/32 may hold it or not',
    );
  });

  it('names a namespace when all of it gets in', async () => {
    const more = `${SHOP}\n---\n${deployment('ops', 'a')}\n---\n${deployment('ops', 'b')}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: from-ops, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ops}}}], ports: [{port: 8080}]}]
`;
    const { stdout } = await ask('shop/web', more);
    expect(stdout).toMatch(/TCP 8080: NetworkPolicy shop\/from-ops.*\n(.*\n)?.*namespace ops \(all 2 pods\)/);
  });

  it('asks for pods by labels, and for addresses outside', async () => {
    expect((await ask('-l app=api -n shop')).stdout).toContain('can reach pods app=api of shop');
    expect((await ask('203.0.113.0/24')).stdout).toMatch(/^3 pods can reach 203\.0\.113\.0\/24/);
  });

  it('gives rules with their places as JSON', async () => {
    const value = JSON.parse((await ask('shop/api -o json')).stdout);
    expect(value.sources).toMatchObject([
      {
        answer: 'allowed',
        ports: [{ protocol: 'TCP', from: 8080, to: 8080 }],
        who: [{ kind: 'Deployment', namespace: 'shop', name: 'web' }],
        by: [{ decision: 'rule', rule: 0, policy: { kind: 'NetworkPolicy', namespace: 'shop', name: 'api-in' } }],
      },
    ]);
  });
});

describe('what-can', () => {
  it('tells whom it reaches, and whose rule lets it in', async () => {
    const { stdout } = await ask('what-can shop/web reach');
    expect(stdout).toMatch(/TCP 8080: NetworkPolicy shop\/api-in, ingress rule 1 .*\n {4}Deployment shop\/api/);
    expect(stdout).toContain('any address outside the cluster');
    expect((await ask('what-can shop/web reach --port 9090 --denied')).stdout).toContain('Out of reach: TCP 9090');
  });
});

describe('policies', () => {
  it('lists what selects a pod, with its rules', async () => {
    const { stdout } = await ask('policies data/db');
    expect(stdout).toMatch(/^1 policy selects Service data\/db: ingress isolated and egress open/);
    expect(stdout).toContain('ingress rule 1 allows from pods app=web of namespaces team=shop, TCP 5432');
  });

  it('gives an overview without a name', async () => {
    const run = await ask('policies');
    expect(run.stdout).toMatch(/^2 policies in all namespaces; 1 pod that no policy selects for ingress/);
    expect(run.stdout).toMatch(/NetworkPolicy data\/db-in +1 pod +1 rule +-/);
  });
});
