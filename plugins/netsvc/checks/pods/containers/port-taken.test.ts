import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../../shared/model/objects.ts';
import { crashing, ended } from '../../../../../shared/testing/broken-pods.ts';
import { deployment, pod, service } from '../../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../../testing/diagnose-objects.ts';

function clash(
  log: string | undefined,
  others: readonly object[],
  own: object = {},
): ReturnType<typeof diagnoseObjects> {
  const made = crashing('web-6f9c-a', ended(1, 'Error'), { of: 'web' });
  const containers = [...(made.spec?.containers ?? []).map((one) => ({ ...one, ...own })), ...others];
  const app = { ...made, spec: { ...made.spec, containers } };
  const logs =
    log === undefined ? [] : [{ namespace: 'shop', pod: 'web-6f9c-a', container: 'app', previous: true, text: log }];
  return diagnoseObjects([service('web'), deployment('web', { app: 'web' }), app as never], 'web', { logs });
}

const proxy = { name: 'proxy', image: 'example/proxy:1', ports: [{ containerPort: 9901 }] };

describe('a port that another container of the pod has', () => {
  it.each([
    'listen tcp :9901: bind: address already in use',
    'Error: listen EADDRINUSE: address already in use :::9901',
    'nginx: [emerg] bind() to 0.0.0.0:9901 failed (98: Address already in use)',
    'Binding [/etc/haproxy.cfg:12] for frontend http: cannot bind socket (Address already in use) for [0.0.0.0:9901]',
    'Web server failed to start. Port 9901 was already in use: port 9901 is already in use',
  ])('%s', (line) => {
    // A line of a file is no port, whoever has that one.
    const report = clash(line, [proxy, { name: 'twelve', ports: [{ containerPort: 12 }] }]);
    expect(causeCodes(report)).toEqual(['SVC247']);
    expect(report.headline).toContain('cannot listen on port 9901');
    expect(report.headline).toContain('container proxy of the same pod has it');
    expect(report.causes[0]?.confidence).toBe('proven');
  });

  it('a port that nobody else in the pod has stays a crash', () => {
    expect(causeCodes(clash('listen tcp :7000: bind: address already in use', [proxy]))).toEqual(['SVC229']);
  });

  it('names who has it on the network of the node', () => {
    const made = (name: string, container: object) => {
      const one =
        name === 'api-1' ? pod(name, { labels: { app: 'api' } }) : crashing(name, ended(1, 'Error'), { of: 'web' });
      const containers = (one.spec?.containers ?? []).map((each) => ({ ...each, ...container }));
      return { ...one, spec: { ...one.spec, hostNetwork: true, nodeName: 'n1', containers } };
    };
    const text = 'listen tcp :9901: bind: address already in use';
    const logs = [{ namespace: 'shop', pod: 'web-6f9c-a', container: 'app', previous: true, text }];
    const ask = (...others: readonly KubeObject[]) =>
      diagnoseObjects(
        [service('web'), deployment('web', { app: 'web' }), made('web-6f9c-a', { ports: [] }), ...others],
        'web',
        { logs },
      );
    expect(ask(made('api-1', { ports: [], args: ['--port=9901'] })).headline).toContain(
      'cannot listen on port 9901 in pod web-6f9c-a',
    );
    expect(ask(made('api-1', { ports: [], args: ['--port=9901'] })).headline).toContain(
      'pod shop/api-1, on the network of the same node, has it',
    );
    expect(ask().headline).toContain('another program on node n1');
  });

  it('without a log, two command lines with one port make it likely', () => {
    const report = clash(undefined, [{ ...proxy, args: ['--port=8080'] }], { args: ['--port=8080'] });
    expect(causeCodes(report)).toEqual(['SVC247']);
    expect(report.causes[0]?.confidence).toBe('likely');
  });

  it('a log that tells of something else outweighs them', () => {
    const report = clash('panic: no config', [{ ...proxy, args: ['--port=8080'] }], { args: ['--port=8080'] });
    expect(causeCodes(report)).toEqual(['SVC229']);
  });
});
