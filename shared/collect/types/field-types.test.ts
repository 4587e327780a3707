import { describe, expect, it } from 'vitest';
import { withTypes } from './field-types.ts';
import { typesOf } from './object-types.ts';

function read(kind: 'Deployment' | 'Service' | 'ConfigMap' | 'Event', object: object) {
  return withTypes(object, typesOf(kind), '');
}

const template = (container: object) => ({ spec: { template: { spec: { containers: [container] } } } });

describe('fields of another type than in the API', () => {
  it.each([
    [
      'a number in a label',
      { metadata: { labels: { version: 1.1 } } },
      { metadata: { labels: { version: '1.1' } } },
      'metadata.labels.version must be text and is read as the number 1.1: write it in quotes',
    ],
    [
      'true as the value of a variable',
      template({
        env: [
          { name: 'A', value: 'x' },
          { name: 'B', value: true },
        ],
      }),
      template({
        env: [
          { name: 'A', value: 'x' },
          { name: 'B', value: 'true' },
        ],
      }),
      'spec.template.spec.containers[0].env[1].value must be text and is read as true: write it in quotes',
    ],
    [
      'text for a number',
      { spec: { replicas: '3' } },
      { spec: { replicas: 3 } },
      'spec.replicas must be a number, not "3"',
    ],
    [
      'one command for a list',
      template({ name: 'app', command: 'sleep 1' }),
      template({ name: 'app' }),
      'spec.template.spec.containers[0].command must be a list',
    ],
    ['a list for a mapping', { spec: [] }, {}, 'spec must be a mapping'],
    [
      'text for a truth value',
      { spec: { paused: 'yes' } },
      { spec: {} },
      'spec.paused must be true or false, not "yes"',
    ],
  ])('%s is a fault and is read as it was meant', (_title, written, meant, fault) => {
    const { value, faults } = read('Deployment', written);
    expect(value).toEqual(meant);
    expect(faults).toEqual([fault]);
  });

  it('are no fault where the field is empty', () => {
    const empty = {
      metadata: { labels: null, annotations: { a: null } },
      spec: { template: { spec: { containers: [null] } } },
    };
    expect(read('Deployment', empty)).toEqual({
      value: { metadata: { annotations: { a: '' } }, spec: { template: { spec: { containers: [] } } } },
      faults: [],
    });
  });

  it('are looked for in fields of a known type only, and a sound object comes back as it is', () => {
    const sound = {
      metadata: { name: 'web', labels: { a: '1' } },
      spec: { replicas: 1, unknown: { deep: [1] } },
      extra: 1,
    };
    expect(read('Deployment', sound).value).toBe(sound);
    expect(read('ConfigMap', { data: { PORT: 8080 } }).faults).toHaveLength(1);
    expect(
      read('Service', JSON.parse('{"spec":{"ports":[{"port":80,"targetPort":"http"}]},"__proto__":{"a":1}}')).faults,
    ).toEqual([]);
  });
});
