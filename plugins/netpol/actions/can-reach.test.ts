import { describe, expect, it } from 'vitest';
import { askManifests } from '../testing/ask-manifests.ts';
import { SHOP } from '../testing/shop.ts';

const ask = (line: string, manifests = SHOP) => askManifests(manifests, line);

describe('can-reach', () => {
  it('says no with the walk: the policy, its rule, and the label that is missing', async () => {
    const run = await ask('can-reach shop/web data/db');
    expect(run.exit).toBe(1);
    expect(run.stdout).toMatch(
      /^DENIED {2}Deployment shop\/web cannot reach Service data\/db on port 15432 \(pg\),\n +which is TCP 5432 of its pods\n/,
    );
    expect(run.stdout).toContain('Egress of Deployment shop/web: allowed');
    expect(run.stdout).toContain('Ingress of Deployment data/db: denied');
    expect(run.stdout).toContain('✗ ingress rule 1');
    expect(run.stdout).toContain('namespace label team=shop is missing on shop');
  });

  it('names the smallest change, tried before it is told, with its undo', async () => {
    const { stdout } = await ask('can-reach shop/web data/db');
    expect(stdout).toContain('Smallest change');
    expect(stdout).toContain('kubectl label namespace shop team=shop\n');
    expect(stdout).toContain('kubectl label namespace shop team=shop-'.replace('=shop-', '-'));
  });

  it('asks of manifests what a pod would do of a namespace that they do not hold', async () => {
    const dns =
      '{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}';
    const out = `${SHOP}---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: out, namespace: shop}\nspec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [${dns}], ports: [{port: 53, protocol: UDP}]}]}\n`;
    const to = (labels: string, port = 'UDP') =>
      ask(`can-reach deploy/web kube-system:${labels} --port 53 --protocol ${port} -n shop`, out);
    const allowed = await to('k8s-app=kube-dns');
    expect(allowed.stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /^ALLOWED Deployment shop\/web can reach a pod k8s-app=kube-dns of kube-system \(the files hold none\) on UDP 53 /,
    );
    expect([allowed.exit, (await to('k8s-app=other')).exit, (await to('k8s-app=kube-dns', 'TCP')).exit]).toEqual([
      0, 1, 1,
    ]);
    // Of a namespace that they do hold it is a slip.
    expect((await ask('can-reach shop:app=wbe data/db')).exit).toBe(2);
  });

  it('calls the pods behind a Service the ones that send', async () => {
    const { stdout } = await ask('can-reach svc/db shop/api -n data');
    expect(stdout).toMatch(/^\w+ {2}pods of Service data\/db/);
  });

  it('does not call open what a network of its own keeps apart', async () => {
    const own = SHOP.replace(
      'metadata: {name: shop}',
      'metadata: {name: shop, labels: {k8s.ovn.org/primary-user-defined-network: ""}}',
    );
    const { exit, stdout } = await ask('can-reach data/db shop/web', own);
    expect(exit).toBe(1);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'namespace shop is on a network of its own (user-defined network)',
    );
    expect((await ask('can-reach shop/web shop/api:8080', own)).exit).toBe(0);
    expect((await ask('can-reach shop/web data/db', own)).exit).toBe(1);
  });

  it('writes blocks of addresses as the policy does, in every format', async () => {
    const block = '{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}';
    const blocks = SHOP.replace('[{podSelector: {}}]', `[${block}]`);
    for (const format of ['json', 'yaml', 'markdown', 'html', 'wide']) {
      const { exit, stderr } = await ask(`can-reach 10.2.0.1 shop/api:8080 -o ${format}`, blocks);
      expect([exit, stderr], format).toEqual([0, '']);
    }
    const { walk } = JSON.parse((await ask('can-reach 10.1.0.1 shop/api:8080 -o json', blocks)).stdout);
    const [{ rules }] = walk.ingress.tiers[0].policies;
    expect(rules[0].peers[0]).toMatchObject({
      peer: { type: 'block', cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] },
      matched: 'no',
      misses: [{ what: 'inExcept' }],
    });
  });

  it.each(['53/UDP', '53/udp', '53 --protocol udp'])('takes --port %s', async (port) => {
    expect((await ask(`can-reach shop/web shop/web --port ${port}`)).stdout).toContain('on UDP 53');
  });

  it('teaches on a protocol that is none', async () => {
    const { exit, stderr } = await ask('can-reach shop/web shop/api --port 53/ICMP');
    expect([exit, stderr]).toEqual([2, expect.stringContaining('"ICMP" is no protocol')]);
  });

  it('speaks of any port where none is named or declared, of every protocol that is open, and of what is not', async () => {
    const plain = (name: string): string =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: x, labels: {app: ${name}}}\nspec: {containers: [{name: c, image: i}]}\n`;
    const rule = (ports: string): string =>
      `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: x}\nspec: {podSelector: {matchLabels: {app: b}}, ingress: [{${ports}}]}\n`;
    const first = async (ports: string) =>
      (await ask('can-reach x/a x/b', [plain('a'), plain('b'), rule(ports)].join('---\n'))).stdout
        .split('\n\n')[0]
        ?.replaceAll(/\s+/g, ' ');
    expect(await first('')).toBe('ALLOWED Pod x/a can reach Pod x/b on any port');
    expect(await first('ports: [{port: 53, protocol: UDP}, {port: 80, endPort: 90}]')).toBe(
      'DEPENDS Pod x/a can reach Pod x/b on TCP 80-90, UDP 53 and not on other ports: say which with --port',
    );
    const told = await ask('can-reach x/a x/b', [plain('a'), plain('b'), rule('ports: [{port: 80}]')].join('---\n'));
    expect(told.stdout).toContain('its ports are TCP 80 alone');
    expect(told.stdout).not.toMatch(/TCP 1\b|"port":1\b/);
    expect(await first('from: [{podSelector: {matchLabels: {app: c}}}]')).toBe(
      'DENIED Pod x/a cannot reach Pod x/b on any port',
    );
  });

  it('gives the same exit status in every format', async () => {
    for (const format of ['table', 'wide', 'json', 'yaml', 'markdown', 'html']) {
      expect((await ask(`can-reach shop/web data/db -o ${format}`)).exit).toBe(1);
      expect((await ask(`can-reach shop/web shop/api --port 8080 -o ${format}`)).exit).toBe(0);
      expect((await ask(`can-reach shop/web shop/api -o ${format}`)).exit).toBe(3);
    }
  });

  it('takes the words from A to B, also without the command', async () => {
    expect((await ask('from shop/web to shop/api:8080')).stdout).toMatch(/^ALLOWED/);
    expect((await ask('can-reach from shop/web to shop/api:http')).stdout).toMatch(/^ALLOWED/);
    expect((await ask('can-reach deployment web deployment api --port 9090 -n shop')).stdout).toMatch(/^DENIED/);
  });

  it('tells which ports are open when none was named', async () => {
    const { stdout } = await ask('can-reach shop/web shop/api');
    expect(stdout).toMatch(/^DEPENDS {2}Deployment shop\/web can reach Deployment shop\/api on TCP 8080/);
    expect(stdout).toContain('✓ TCP 8080 (http)');
    expect(stdout).toContain('✗ TCP 9090 (metrics)');
  });

  it('takes namespaces, selectors, addresses and the internet', async () => {
    expect((await ask('can-reach ns/shop data/db')).exit).toBe(1);
    expect((await ask('can-reach shop:app=web shop:app=api --port 8080')).exit).toBe(0);
    expect((await ask('can-reach 192.0.2.7 data/db')).exit).toBe(1);
    expect((await ask('can-reach internet shop/web')).exit).toBe(0);
    expect((await ask('can-reach shop/web 192.0.2.0/24 --port 443')).exit).toBe(0);
  });

  it('reads the names that Services have inside the cluster', async () => {
    expect((await ask('can-reach shop/web db.data.svc.cluster.local:15432')).exit).toBe(1);
  });

  it('adds a port or a rule where that is what is missing', async () => {
    const { stdout } = await ask('can-reach shop/web shop/api --port 9090');
    expect(stdout).toContain('add the port to ingress rule 1 of NetworkPolicy shop/api-in');
    expect(stdout).toContain('"path":"/spec/ingress/0/ports/1","value":{"protocol":"TCP","port":9090}');
  });

  it('closes what is open by taking the rule away', async () => {
    const { stdout } = await ask('can-reach shop/web shop/api --port 8080');
    expect(stdout).toContain('To close it: take ingress rule 1 out of NetworkPolicy shop/api-in');
    expect(stdout).toContain('undo');
  });

  it('passes everything where nothing enforces policy, and says that first', async () => {
    const run = await ask('can-reach shop/web data/db --cni flannel');
    expect(run.exit).toBe(0);
    expect(run.stdout.split('\n').slice(0, 3).join(' ')).toContain('nothing enforces network policy here');
  });

  it('knows that addresses of pods count for ipBlock, but not under Cilium', async () => {
    const pods = ['web', 'db'].map(
      (name, at) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, labels: {app: ${name}}, uid: u${at}}
spec: {containers: [{name: a, ports: [{containerPort: 80}]}]}
status: {phase: Running, podIP: 10.0.0.${at + 1}, podIPs: [{ip: 10.0.0.${at + 1}}]}
---
`,
    );
    const block = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: shop}
spec: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/24}}]}]}
`;
    const manifests = pods.join('') + block;
    expect((await ask('can-reach web db --cni calico', manifests)).exit).toBe(0);
    expect((await ask('can-reach web db --cni cilium', manifests)).exit).toBe(1);
  });

  it('depends on policies of families that are not judged here', async () => {
    const calico = `${SHOP}
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: deny}
spec: {selector: app == 'api', types: [Ingress]}
`;
    const run = await ask('can-reach shop/web shop/api --port 8080', calico);
    expect(run.exit).toBe(3);
    expect(run.stdout).toContain('Calico policies are not judged here');
    expect((await ask('can-reach shop/api shop/web --port 8080', calico)).exit).toBe(0);
  });

  it('teaches when a name or port is wrong', async () => {
    const typo = await ask('can-reach shop/webb data/db');
    expect([typo.exit, typo.stderr]).toEqual([2, 'error: there is no "webb" in namespace shop\nDid you mean web?\n']);
    const port = await ask('can-reach shop/web data/db --port 99');
    expect([port.exit, port.stderr]).toEqual([2, expect.stringContaining('Its ports: pg 15432→pg/TCP')]);
    expect((await ask('can-reach shop/web')).exit).toBe(2);
    const error = async (line: string) => {
      const { exit, stderr } = await ask(line);
      return [exit, stderr.split('\n').slice(0, 2).join(' / ')];
    };
    const block = (word: string) => [
      2,
      `error: "${word}" is no address or address block / Examples: 10.0.0.7, 10.0.0.0/8, fd00::/64`,
    ];
    for (const word of ['999.1.1.1', '10.0.0.0/33', '10.0.0/8', 'fd00::/129']) {
      expect(await error(`can-reach shop/web ${word}`)).toEqual(block(word));
    }
    expect(await error('can-reach ing/web data/db')).toEqual([
      2,
      'error: there is no "web" in namespace ing / What leads to a Service is no end: kubectl netpol who-can-reach svc/NAME',
    ]);
    expect(await error('can-reach shop/web data/db 5432')).toEqual([
      2,
      'error: can-reach needs two ends, and got 3 / A port is a flag: --port 5432',
    ]);
    expect(await error('can-reach 8.8.8.8 internet')).toEqual([
      2,
      'error: policies decide about pods, and neither end is one / Addresses of pods are known as theirs.',
    ]);
    expect(await error('can-reach shop/app=web data/db')).toEqual([
      2,
      'error: no pod in namespace data has the labels shop/app=web / Labels of pods of namespace shop: shop:app=web',
    ]);
    expect(await error('can-reach shop/web db.data')).toEqual([
      2,
      'error: there is no "db.data" in namespace data / Did you mean data/db?',
    ]);
    expect((await ask('can-reach shop/web data/db --cni calcio')).stderr).toContain('Did you mean calico?');
  });

  it('tells what lint has to say about the policies that took part, and of no others', async () => {
    const other = `${SHOP}---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: lost, namespace: shop}
spec: {podSelector: {matchLabels: {app: nobody}}}
`;
    const run = await ask('can-reach shop/web data/db', other);
    expect(run.stdout).toMatch(/Notes\n {2}- NetworkPolicy data\/db-in, ingress rule 1 means namespaces labelled/);
    expect(run.stdout).not.toContain('shop/lost');
  });

  it('says that policies together let through a pod whose address is not known', async () => {
    const letIn = (name: string, ...cidrs: readonly string[]): string =>
      `---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: data}\nspec: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [${cidrs.map((cidr) => `{ipBlock: {cidr: '${cidr}'}}`).join()}]}]}\n`;
    const manifests = `${SHOP}${letIn('lower', '0.0.0.0/1')}${letIn('rest', '128.0.0.0/1', '::/0')}`;
    const { exit, stdout } = await ask('can-reach shop/web data/db', manifests);
    expect(exit).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('each that it can have is held by one of the rules marked ?');
  });

  it('gives the walk and the verdict as JSON', async () => {
    const value = JSON.parse((await ask('can-reach shop/web data/db -o json')).stdout);
    expect(value.answer).toBe('denied');
    expect(value.from).toEqual({ kind: 'Deployment', namespace: 'shop', name: 'web' });
    expect(value.ports).toMatchObject([{ protocol: 'TCP', targetPorts: [5432], answer: 'denied' }]);
    expect(value.walk.ingress.decision).toMatchObject({ by: 'isolation' });
    expect(value.causes[0].code).toBe('POL001');
  });
});
