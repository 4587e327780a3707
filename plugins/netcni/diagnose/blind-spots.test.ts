import { describe, expect, it } from 'vitest';
import type { KubeObject, Node } from '../../../shared/model/objects.ts';
import type { SnapshotOptions } from '../../../shared/testing/builders.ts';
import { checkObjects } from '../testing/check-objects.ts';
import { flannel, k3s } from '../testing/networks/flannel.ts';

const withoutConditions = (objects: readonly KubeObject[], names: readonly string[]): readonly KubeObject[] =>
  objects.map((one) =>
    one.kind === 'Node' && names.includes(one.metadata?.name ?? '')
      ? ({ ...one, status: { ...(one as Node).status, conditions: [] } } as KubeObject)
      : one,
  );

function ask(objects: readonly KubeObject[], options: SnapshotOptions = {}): readonly string[] {
  const { verdict, headline, causes } = checkObjects(objects, options);
  expect(causes).toEqual([]);
  return [verdict, headline];
}

describe('nobody calls a network sound that was not seen', () => {
  it.each([
    ['nodes may not be read', flannel(), { except: { Node: 'forbidden' } }, 'forbidden: list Node'],
    ['pods may not be read', flannel(), { except: { Pod: 'forbidden' } }, 'forbidden: list Pod'],
    ['pods of one namespace were read', flannel(), { only: { Pod: { namespace: 'shop' } } }, 'Pod'],
    ['there is no node', [], {}, 'there is no node'],
    ['manifests of nodes alone', withoutConditions(flannel(), ['n1', 'n2', 'n3']), {}, 'what kubelets say of 3 nodes'],
    ['neither agents nor pods', flannel(), { except: { DaemonSet: 'notCollected', Pod: 'notCollected' } }, 'DaemonSet'],
  ] as const)('%s', (_, objects, options, reason) => {
    const [verdict, headline] = ask(objects, options);
    expect(verdict).toBe('unknown');
    expect(headline).toMatch(/^could not tell: /);
    expect(headline).toContain(reason);
  });

  it.each([
    ['agents are known by their pods', flannel(), { except: { DaemonSet: 'forbidden' } }],
    ['K3s has no agents to look for', k3s(), { except: { DaemonSet: 'notCollected' } }],
    ['events are gone within an hour anyway', flannel(), { except: { Event: 'forbidden' } }],
  ] as const)('but what is not needed for it is only told: %s', (_, objects, options) => {
    expect(ask(objects, options)[0]).toBe('healthy');
  });
});
