import { describe, expect, it } from 'vitest';
import { ClusterError } from '../ports.ts';
import { parseKubeConfig } from './parse-file.ts';

function faultOf(text: string): ClusterError {
  try {
    parseKubeConfig(text, '/home/ada/.kube/config');
  } catch (error) {
    if (error instanceof ClusterError) return error;
    throw error;
  }
  throw new Error('no fault');
}

const parse = (text: string) => parseKubeConfig(text, '/home/ada/.kube/config');

describe('a kubeconfig file', () => {
  it('may be empty, or JSON, or hold further documents', () => {
    for (const text of ['', '# nothing\n', '---\n', 'null\n']) expect(parse(text).contexts.size).toBe(0);
    expect(parse('{\n\t"current-context": "a"\n}').currentContext).toBe('a');
    expect(parse('current-context: a\n---\ncurrent-context: b\n').currentContext).toBe('a');
  });

  it('may use anchors and merge keys', () => {
    const { clusters } = parse(`
clusters:
- {name: a, cluster: &base {server: https://one, insecure-skip-tls-verify: true}}
- {name: b, cluster: {<<: *base, server: https://two}}
`);
    expect(clusters.get('b')).toMatchObject({ server: 'https://two', insecure: true });
  });

  it('names the file and the line where it is broken', () => {
    expect(faultOf('apiVersion: v1\nclusters:\n- name: a\n  cluster: {server: [}\n').message).toMatch(
      /^\/home\/ada\/\.kube\/config:4: not valid YAML: /,
    );
    expect(faultOf('a: 1\n\tb: 2\n').message).toContain('/config:2: not valid YAML: tab characters');
  });

  it.each([
    ['- a\n', 'it is not a mapping'],
    ['hello\n', 'it is not a mapping'],
    ['clusters: {a: b}\n', '"clusters" is not a list'],
    ['apiVersion: v1\nkind: Pod\n', 'its kind is Pod, not Config'],
  ])('is told from something else: %j', (text, words) => {
    expect(faultOf(text)).toMatchObject({ kind: 'config' });
    expect(faultOf(text).message).toContain(words);
  });

  it('takes paths relative to itself, and commands without a separator from PATH', () => {
    const { clusters, users } = parse(`
clusters: [{name: c, cluster: {server: https://s, certificate-authority: pki/ca.crt}}]
users:
- {name: files, user: {client-certificate: me.crt, client-key: /abs/me.key, tokenFile: ../token}}
- {name: bare, user: {exec: {command: aws, apiVersion: client.authentication.k8s.io/v1, args: [eks, ''], env: null}}}
- {name: near, user: {exec: {command: ./bin/login, apiVersion: client.authentication.k8s.io/v1}}}
`);
    expect(clusters.get('c')?.caFile).toBe('/home/ada/.kube/pki/ca.crt');
    expect(users.get('files')).toMatchObject({
      certFile: '/home/ada/.kube/me.crt',
      keyFile: '/abs/me.key',
      tokenFile: '/home/ada/token',
    });
    expect(users.get('bare')?.exec).toMatchObject({ command: 'aws', args: ['eks', ''], env: [] });
    expect(users.get('near')?.exec?.command).toBe('/home/ada/.kube/bin/login');
  });

  it('lets the first of two entries of one name count, and takes names as they stand', () => {
    const { clusters, contexts } = parse(`
clusters:
- {name: c, cluster: {server: https://one}}
- {name: c, cluster: {server: https://two}}
- {name: 2024-01-01, cluster: {server: https://date, insecure-skip-tls-verify: yes}}
- {name: prod.eu-1:admin@x, cluster: null}
contexts: [{name: a, context: {cluster: c, user: '', namespace: null}}]
`);
    expect(clusters.get('c')?.server).toBe('https://one');
    expect(clusters.get('2024-01-01')).toMatchObject({ server: 'https://date', insecure: true });
    expect(clusters.has('prod.eu-1:admin@x')).toBe(true);
    expect(contexts.get('a')).toEqual({ name: 'a', cluster: 'c' });
  });
});
