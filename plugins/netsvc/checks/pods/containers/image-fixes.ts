import type { Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import { runningContainers } from '../../../../../shared/model/pods.ts';
import { compareText } from '../../../../../shared/util/text.ts';
import type { PullOutcome } from './image-answers.ts';
import type { Troubled } from './troubled-containers.ts';
import { isInTemplate, isPatchable, patchContainer, patchTemplateSpec, target } from './workload-commands.ts';

/** An image that is known to run, the missing pull secret, or a look at what keeps the node from the registry. */
export function imageFixes(
  index: ClusterIndex,
  entry: Troubled,
  image: string,
  outcome: PullOutcome,
  missingSecrets: readonly string[],
): readonly Fix[] {
  const known = runningImage(index, image);
  return [
    ...(known === undefined
      ? []
      : [setImage(entry, image, known, `use ${known}, which runs elsewhere in the cluster`)]),
    ...(known === undefined || outcome === 'refused' ? remedies(entry, image, outcome, missingSecrets) : []),
    ...pullAllowed(entry),
  ];
}

function remedies(
  entry: Troubled,
  image: string,
  outcome: PullOutcome,
  missingSecrets: readonly string[],
): readonly Fix[] {
  const path = withoutRegistry(image);
  switch (outcome) {
    case 'refused':
    case 'limited':
      return credentialFixes(entry, image, missingSecrets);
    case 'no-such-registry':
      return [
        setImage(entry, image, `<REGISTRY>/${path}`, 'correct the name of the registry (in the place of <REGISTRY>)'),
      ];
    case 'short-name':
      return [
        setImage(
          entry,
          image,
          `<REGISTRY>/${path}`,
          'write the whole name, with its registry in the place of <REGISTRY>',
        ),
      ];
    case 'unreachable':
      return [
        {
          title: 'see whether other pods and nodes have the same trouble',
          command: "kubectl get pods -A -o wide | grep -E 'ErrImagePull|ImagePullBackOff'",
          risk: 'none',
        },
      ];
    case 'disk-full':
      return [
        {
          title: 'see what fills the disk of the node, then free it',
          command: `kubectl describe node ${entry.pod.spec?.nodeName ?? ''}`,
          risk: 'none',
        },
      ];
    case 'platform':
      return [
        setTag(entry, image, 'set an image that is built for the platform of the node (its tag in the place of <TAG>)'),
      ];
    case 'bad-name':
      return [setTag(entry, image, 'set a valid name (put its tag in the place of <TAG>)')];
    default:
      return [setTag(entry, image, 'set an image that exists (put its tag in the place of <TAG>)')];
  }
}

/** The secret that the pods name, else a new one and its name in the template. */
function credentialFixes(entry: Troubled, image: string, missing: readonly string[]): readonly Fix[] {
  const namespace = entry.pod.metadata?.namespace ?? '';
  const named = (entry.pod.spec?.imagePullSecrets ?? []).flatMap(({ name }) => name ?? []);
  if (missing.length === 0 && named.length > 0) {
    return named.slice(0, 2).map((name) => ({
      title: `see for which registries ${name} has credentials`,
      command: `kubectl get secret ${name} -n ${namespace} -o jsonpath='{.data.\\.dockerconfigjson}' | base64 -d | grep -oE '"[a-z0-9./:-]+\\.[a-z0-9./:-]+"'`,
      risk: 'none',
    }));
  }
  const create = (name: string): Fix => ({
    title: 'create the pull secret (put in your registry, user and password)',
    command: `kubectl create secret docker-registry ${name} -n ${namespace} --docker-server=${registryOf(image)} --docker-username=<USER> --docker-password=<PASSWORD>`,
    risk: 'none',
    undo: `kubectl delete secret ${name} -n ${namespace}`,
  });
  if (missing.length > 0) return missing.map(create);
  if (!isPatchable(entry.owner)) return [create(NEW_SECRET)];
  return [
    create(NEW_SECRET),
    {
      title: 'then give it to the pods',
      command: patchTemplateSpec(entry.owner, { imagePullSecrets: [{ name: NEW_SECRET }] }),
      risk: 'low',
      undo: patchTemplateSpec(entry.owner, { imagePullSecrets: [{ $patch: 'delete', name: NEW_SECRET }] }),
    },
  ];
}

const NEW_SECRET = 'regcred';

function pullAllowed(entry: Troubled): readonly Fix[] {
  const { trouble, owner } = entry;
  if (trouble.reason !== 'ErrImageNeverPull' || !isInTemplate(entry, trouble.container.name)) return [];
  const patch = (imagePullPolicy: string): string =>
    patchContainer(owner, trouble.container.name, { imagePullPolicy }, trouble.role !== 'app');
  return [{ title: 'or let the node pull it', command: patch('IfNotPresent'), risk: 'low', undo: patch('Never') }];
}

function setTag(entry: Troubled, image: string, title: string): Fix {
  return setImage(entry, image, `${repositoryOf(image).toLowerCase()}:<TAG>`, title);
}

function setImage(entry: Troubled, former: string, image: string, title: string): Fix {
  const namespace = entry.pod.metadata?.namespace ?? '';
  const { owner } = entry;
  const set = (value: string): string =>
    owner.kind === 'Pod' || isInTemplate(entry, entry.trouble.container.name)
      ? `kubectl set image ${owner.kind === 'Pod' ? `pod/${entry.name} -n ${namespace}` : target(owner)} ${entry.trouble.container.name}=${value}`
      : `kubectl edit ${owner.kind.toLowerCase()} ${owner.name} -n ${namespace}`;
  return { title, command: set(image), risk: 'low', undo: set(former) };
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

/** The name before any tag: of `web:1:latest`, which is no valid name, `web`. */
function repositoryOf(image: string): string {
  const name = withoutTag(image);
  return name === image ? name : repositoryOf(name);
}

/** `shop/web:1` of `registry.example.com/shop/web:1`. */
function withoutRegistry(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? rest.join('/') : image;
}

/** The registry's host; Docker Hub when the first part is no host name (distribution reference grammar). */
function registryOf(image: string): string {
  const first = image.split('/')[0] ?? '';
  return image.includes('/') && (/[.:]/.test(first) || first === 'localhost') ? first : 'https://index.docker.io/v1/';
}
