import { nearestWords } from '../../../shared/cli/nearest.ts';
import { dashedAddress } from '../../../shared/dns/records.ts';
import { shortestName } from '../../../shared/dns/service-names.ts';
import { zoneOf } from '../../../shared/dns/zone.ts';
import { isWhollyRead } from '../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import type { Service } from '../../../shared/model/objects-network.ts';
import { podAddresses } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { matchesLabels } from '../../../shared/model/selectors.ts';
import { endpointRows, isHeadless, selectorOf } from '../../../shared/model/services.ts';

/** What the writer of a name that does not exist may have meant. */
export type Reading =
  /** The same Service in other namespaces. */
  | {
      readonly is: 'elsewhere';
      readonly service: string;
      readonly namespaces: readonly string[];
      readonly better: string;
    }
  /** `….svc.OTHER.DOMAIN`. */
  | { readonly is: 'domain'; readonly domain: string; readonly better: string }
  /** `web.shop.svc.cluster.local.svc.cluster.local`, `web.svc.cluster.local`. */
  | { readonly is: 'form'; readonly why: string; readonly better: string }
  | { readonly is: 'headless'; readonly service: Service; readonly ready: number; readonly all: number }
  | { readonly is: 'srv'; readonly service: Service; readonly why: string }
  | { readonly is: 'pod'; readonly service: Service; readonly host: string; readonly why: string }
  | { readonly is: 'namespace'; readonly namespace: string; readonly better: string }
  | { readonly is: 'service'; readonly service: string; readonly namespace: string; readonly better: string }
  | { readonly is: 'nothing' };

/** Reads a name that does not exist, for a caller of a namespace. Facts that were not read give no reading. */
export function readName(index: ClusterIndex, name: string, callerNamespace: string, domain: string): Reading {
  const bare = name.toLowerCase().replace(/\.$/, '');
  const labels = bare.split('.');
  const at = labels.lastIndexOf('svc');
  const suffix = at < 0 ? '' : labels.slice(at + 1).join('.');
  const srv = labels.length > 2 && labels[0]?.startsWith('_') === true && labels[1]?.startsWith('_') === true;
  const inside = at < 0 ? withoutDomain(labels, domain) : labels.slice(0, at);
  const member = srv ? undefined : withoutService(index, inside, callerNamespace);
  if (member !== undefined) return member;
  const ofPod = bare.endsWith(`.pod.${domain}`)
    ? podAddressName(index, inside)
    : podAlone(index, inside, callerNamespace);
  if (ofPod !== undefined) return ofPod;
  // `api.example.com` is a name of the world outside, `db-0.db.shop` of a pod where there is such a Service.
  const ofService3 = labels.length === 3 && index.get('Service', labels[2], labels[1] ?? '') !== undefined;
  if (at < 0 && labels.length > 2 && !srv && !ofService3 && !bare.endsWith(`.${domain}`)) return { is: 'nothing' };
  const form = wrongForm(index, bare, callerNamespace, domain);
  if (form !== undefined) return form;
  const [host, service = '', namespace = callerNamespace] = place(inside, srv, at >= 0, callerNamespace, index);
  const object = index.get('Service', namespace, service);
  if (at >= 0 && suffix !== '' && suffix !== domain && object !== undefined) {
    return { is: 'domain', domain: suffix, better: `${labels.slice(0, at + 1).join('.')}.${domain}` };
  }
  if (host !== undefined && !srv) {
    const turned = inOtherOrder(index, inside, callerNamespace);
    if (turned !== undefined) return turned;
  }
  if (object !== undefined) return ofService(index, object, host, srv ? labels : undefined) ?? { is: 'nothing' };
  return near(index, service, namespace, callerNamespace, inside);
}

/** `shop.web`: the namespace before its Service. What is before a Service is a pod, unless no pod is called so. */
function inOtherOrder(index: ClusterIndex, inner: readonly string[], caller: string): Reading | undefined {
  const [namespace = '', service = ''] = inner;
  if (inner.length !== 2 || index.get('Service', namespace, service) === undefined) return undefined;
  if (!isWhollyRead(index, 'Pod', caller) || index.get('Pod', caller, namespace) !== undefined) return undefined;
  return {
    is: 'form',
    why: 'its parts stand in the other order, the Service comes before its namespace',
    better: shortestName(service, namespace, caller),
  };
}

/** `red.colours`: a pod that names a Service as its subdomain which is not there. */
function withoutService(index: ClusterIndex, inner: readonly string[], caller: string): Reading | undefined {
  const [host, name = '', namespace = caller] = inner;
  if (inner.length < 2 || index.get('Service', namespace, name) !== undefined) return undefined;
  const pod = index
    .list('Pod', namespace)
    .find((one) => one.spec?.subdomain === name && (one.spec.hostname ?? nameOf(one)) === host);
  if (pod === undefined || !isWhollyRead(index, 'Service', namespace)) return undefined;
  const why = `there is no Service ${name}, which the pod names as its subdomain`;
  return { is: 'pod', service: { metadata: { name, namespace } }, host: nameOf(pod), why };
}

/** `10-244-0-9.shop.pod`: pods have names by their addresses, where the servers give them any. */
function podAddressName(index: ClusterIndex, [host = '', namespace = '']: readonly string[]): Reading {
  const pod = index.get('Pod', namespace, host);
  const [address] = pod === undefined ? [] : podAddresses(pod);
  const better = address === undefined ? '' : `${dashedAddress(address)}.${namespace}.pod`;
  const why =
    zoneOf(index).podsMode === 'disabled'
      ? 'the Corefile gives pods no names ("pods disabled" of plugin kubernetes, which is the default)'
      : address === undefined && /^[0-9a-f]+(-[0-9a-f]*)+$/.test(host) && isWhollyRead(index, 'Pod', namespace)
        ? `no pod of namespace ${namespace} has this address`
        : 'such names hold the address of a pod, with dashes';
  return { is: 'form', why, better: zoneOf(index).podsMode === 'disabled' ? '' : better };
}

/** `db-0`: a pod by its name alone. */
function podAlone(index: ClusterIndex, inner: readonly string[], namespace: string): Reading | undefined {
  const [host = ''] = inner;
  const pod = inner.length === 1 ? index.get('Pod', namespace, host) : undefined;
  if (pod === undefined || index.get('Service', namespace, host) !== undefined) return undefined;
  const { subdomain = '' } = pod.spec ?? {};
  if (index.get('Service', namespace, subdomain) !== undefined)
    return {
      is: 'form',
      why: 'it is a pod, whose name stands before that of its Service',
      better: `${host}.${subdomain}`,
    };
  const service = index.list('Service', namespace).find((one) => {
    const selector = selectorOf(one);
    return selector !== undefined && matchesLabels(selector, pod.metadata?.labels);
  });
  const why = 'it is a pod, and pods have no names in DNS by themselves';
  return { is: 'form', why, better: service === undefined ? '' : nameOf(service) };
}

/** The domain twice, or the namespace left out before `svc`. */
function wrongForm(index: ClusterIndex, bare: string, caller: string, domain: string): Reading | undefined {
  const tails = [`.svc.${domain}`, `.${domain}`];
  const once = tails
    .map((tail) => (bare.endsWith(tail) ? bare.slice(0, -tail.length) : bare))
    .find((text) => text !== bare);
  if (once?.endsWith(`.${domain}`) === true) {
    return { is: 'form', why: 'it ends with the domain twice', better: once };
  }
  const middle = bare.indexOf(`.svc.${domain}.`);
  if (middle > 0) {
    const better = bare.slice(0, middle + `.svc.${domain}`.length);
    return { is: 'form', why: `it goes on behind ${domain}, where a name of the cluster ends`, better };
  }
  const [service = '', word, ...rest] = bare.split('.');
  const suffix = rest.join('.');
  if (word !== 'svc' || (suffix !== '' && suffix !== domain)) return undefined;
  const homes = index
    .list('Service')
    .filter((entry) => nameOf(entry) === service)
    .map(namespaceOf);
  const home = homes.includes(caller) ? caller : homes[0];
  if (home === undefined) return undefined;
  return { is: 'form', why: 'the namespace is missing before svc', better: bare.replace('.svc', `.${home}.svc`) };
}

/** `web.shop.cluster.local`: the domain without `svc` before it. */
function withoutDomain(labels: readonly string[], domain: string): readonly string[] {
  const tail = `.${domain}`;
  const text = labels.join('.');
  return text.endsWith(tail) ? text.slice(0, -tail.length).split('.') : labels;
}

/** Host, Service and namespace of what stands before `svc`. */
function place(
  inner: readonly string[],
  srv: boolean,
  full: boolean,
  caller: string,
  index: ClusterIndex,
): readonly [string | undefined, string, string] {
  const rest = srv ? inner.slice(2) : inner;
  if (rest.length >= 3) return [rest.at(-3), rest.at(-2) ?? '', rest.at(-1) ?? ''];
  if (rest.length === 2) {
    const own = !full && index.get('Service', caller, rest[1] ?? '') !== undefined;
    return own ? [rest[0], rest[1] ?? '', caller] : [undefined, rest[0] ?? '', rest[1] ?? ''];
  }
  return [undefined, rest[0] ?? '', caller];
}

function ofService(
  index: ClusterIndex,
  service: Service,
  host: string | undefined,
  srv: readonly string[] | undefined,
): Reading | undefined {
  const rows = endpointRows(index, service);
  const ready = rows.filter((row) => row.ready).length;
  if (srv !== undefined) return { is: 'srv', service, why: srvWhy(service, srv) };
  if (host !== undefined) return { is: 'pod', service, host, why: podWhy(index, service, host) };
  return isHeadless(service) && ready === 0 ? { is: 'headless', service, ready, all: rows.length } : undefined;
}

function srvWhy(service: Service, [port = '', protocol = '']: readonly string[]): string {
  const ports = service.spec?.ports ?? [];
  const named = ports.flatMap(({ name, protocol: own = 'TCP' }) =>
    name === undefined || name === '' ? [] : [`_${name}._${own.toLowerCase()}`],
  );
  if (named.length === 0) return 'its ports have no names, and only named ports have SRV records';
  const near = nearestWords(`${port}.${protocol}`, named);
  return `there is no port ${port.slice(1)}/${protocol.slice(1)}; it has ${(near.length > 0 ? near : named).join(', ')}`;
}

function podWhy(index: ClusterIndex, service: Service, host: string): string {
  if (!isHeadless(service))
    return 'the Service has a ClusterIP, and names of single pods exist behind headless Services only';
  const namespace = namespaceOf(service);
  const pod = index.get('Pod', namespace, host);
  const row = endpointRows(index, service).find((entry) => entry.pod !== undefined && nameOf(entry.pod) === host);
  if (row !== undefined && !row.ready) return 'the pod is not ready';
  if (pod === undefined) {
    const hosts = endpointRows(index, service).flatMap(({ endpoint }) => endpoint.hostname ?? []);
    const near = nearestWords(host, hosts);
    return near.length === 0
      ? 'there is no such pod behind it'
      : `there is no such pod behind it; near: ${near.join(', ')}`;
  }
  if (row === undefined) return 'the Service does not select that pod';
  const { subdomain } = pod.spec ?? {};
  if (subdomain === undefined)
    return 'the pod has no subdomain; its StatefulSet, or its specification, must name the Service';
  return subdomain === nameOf(service)
    ? 'its endpoint carries no hostname'
    : `the pod names another Service, ${subdomain}, as its subdomain`;
}

function near(
  index: ClusterIndex,
  service: string,
  namespace: string,
  caller: string,
  inner: readonly string[],
): Reading {
  const all = index.list('Service');
  const same = all.filter((entry) => nameOf(entry) === service).map(namespaceOf);
  if (same.length > 0) {
    const [first = ''] = same;
    return { is: 'elsewhere', service, namespaces: same, better: shortestName(service, first, caller) };
  }
  // Namespace and Service in the other order.
  const [a, b] = inner;
  if (inner.length === 2 && index.get('Service', a, b ?? '') !== undefined) {
    return { is: 'service', service, namespace, better: `${b ?? ''}.${a ?? ''}` };
  }
  const namespaces = [...new Set([...index.list('Namespace').map(nameOf), ...all.map(namespaceOf)])];
  const close = nearestWords(service, all.filter((entry) => namespaceOf(entry) === namespace).map(nameOf));
  if (close[0] !== undefined)
    return { is: 'service', service, namespace, better: shortestName(close[0], namespace, caller) };
  if (!namespaces.includes(namespace) && namespaces.length > 0) {
    const closeNamespace = nearestWords(namespace, namespaces)[0];
    const better = closeNamespace === undefined ? '' : `${service}.${closeNamespace}`;
    return { is: 'namespace', namespace, better };
  }
  const anywhere = nearestWords(service, all.map(nameOf))[0];
  if (anywhere === undefined) return { is: 'nothing' };
  const where = all.find((entry) => nameOf(entry) === anywhere);
  return { is: 'service', service, namespace, better: shortestName(anywhere, namespaceOf(where ?? {}), caller) };
}
