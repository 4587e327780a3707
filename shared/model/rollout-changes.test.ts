import { describe, expect, it } from 'vitest';
import { templateChanges } from './rollout-changes.ts';

const template = (container: object, spec: object = {}) => ({
  spec: { containers: [{ name: 'app', ...container }], ...spec },
});

describe('templateChanges', () => {
  it('names the leaves of a probe that changed', () => {
    const before = template({ readinessProbe: { httpGet: { path: '/a', port: 80 }, periodSeconds: 5 } });
    const after = template({ readinessProbe: { periodSeconds: 5, httpGet: { port: 80, path: '/b' } } });
    expect(templateChanges(before, after)).toEqual([
      { where: 'app', field: 'readinessProbe.httpGet.path', before: '/a', after: '/b' },
    ]);
  });

  it('never shows values of the environment', () => {
    const changes = templateChanges(
      template({ env: [{ name: 'PASSWORD', value: 'one' }] }),
      template({ env: [{ name: 'PASSWORD', value: 'two' }] }),
    );
    expect(changes).toEqual([{ where: 'app', field: 'env PASSWORD', before: undefined, after: undefined }]);
  });

  it('tells containers that came and went', () => {
    const after = { spec: { containers: [{ name: 'app' }, { name: 'proxy' }] } };
    expect(templateChanges(template({}), after)).toEqual([
      { where: 'proxy', field: 'container', before: 'absent', after: 'added' },
    ]);
    expect(templateChanges(after, template({}))).toEqual([
      { where: 'proxy', field: 'container', before: 'present', after: 'removed' },
    ]);
  });

  it('finds nothing between equal templates', () => {
    expect(templateChanges(template({ image: 'a:1' }), template({ image: 'a:1' }))).toEqual([]);
  });
});
