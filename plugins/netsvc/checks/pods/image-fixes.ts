import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { runningContainers } from '../../../../shared/model/pods.ts';
import { compareText } from '../../../../shared/util/text.ts';
import type { PullOutcome } from './image-answers.ts';
import type { Troubled } from './troubled-containers.ts';
import { isPatchable, patchContainer, target } from './workload-commands.ts';

/** An image that is known to run, the missing pull secret, or a look at the registry. */
export function imageFixes(
  index: ClusterIndex,
  entry: Troubled,
  image: string,
  outcome: PullOutcome,
  missingSecrets: readonly string[],
): readonly Fix[] {
  const namespace = entry.pod.metadata?.namespace ?? '';
  const fixes: Fix[] = missingSecrets.map((name) => ({
    title: 'create the pull secret (put in your registry, user and password)',
    command: `kubectl create secret docker-registry ${name} -n ${namespace} --docker-server=${registryOf(image)} --docker-username=USER --docker-password=PASSWORD`,
    risk: 'none',
    undo: `kubectl delete secret ${name} -n ${namespace}`,
  }));
  const container = entry.trouble.container.name;
  const known = runningImage(index, image);
  if (outcome !== 'refused' || known !== undefined) {
    const set = (value: string): string =>
      entry.owner.kind === 'Pod' || isPatchable(entry.owner)
        ? `kubectl set image ${entry.owner.kind === 'Pod' ? `pod/${entry.name} -n ${namespace}` : target(entry.owner)} ${container}=${value}`
        : `kubectl edit ${entry.owner.kind.toLowerCase()} ${entry.owner.name} -n ${namespace}`;
    fixes.push({
      title:
        known === undefined
          ? 'set an image that exists (put its tag in the place of TAG)'
          : `use ${known}, which runs elsewhere in the cluster`,
      command: set(known ?? `${withoutTag(image).toLowerCase()}:TAG`),
      risk: 'low',
      undo: set(image),
    });
  }
  if (entry.trouble.reason === 'ErrImageNeverPull' && isPatchable(entry.owner)) {
    fixes.push({
      title: 'or let the node pull it',
      command: patchContainer(
        entry.owner,
        container,
        { imagePullPolicy: 'IfNotPresent' },
        entry.trouble.role !== 'app',
      ),
      risk: 'low',
      undo: patchContainer(entry.owner, container, { imagePullPolicy: 'Never' }, entry.trouble.role !== 'app'),
    });
  }
  return fixes;
}

/** Another tag of the same repository that a Ready container of the cluster runs. */
function runningImage(index: ClusterIndex, image: string): string | undefined {
  const repository = withoutTag(image).toLowerCase();
  const found = index
    .list('Pod')
    .flatMap(runningContainers)
    .filter(({ spec, status }) => status?.ready === true && spec.image !== undefined && spec.image !== image)
    .map(({ spec }) => spec.image ?? '')
    .filter((candidate) => withoutTag(candidate) === repository)
    .sort(compareText);
  return found.at(-1);
}

/** `registry:5000/shop/web` of `registry:5000/shop/web:1@sha256:…`. */
export function withoutTag(image: string): string {
  const name = image.replace(/@.*$/, '');
  const slash = name.lastIndexOf('/');
  const colon = name.lastIndexOf(':');
  return colon > slash ? name.slice(0, colon) : name;
}

/** The registry's host; Docker Hub when the first part is no host name (distribution reference grammar). */
function registryOf(image: string): string {
  const first = image.split('/')[0] ?? '';
  return image.includes('/') && (/[.:]/.test(first) || first === 'localhost') ? first : 'https://index.docker.io/v1/';
}
