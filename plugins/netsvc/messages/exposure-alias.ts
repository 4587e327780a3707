import { message } from '../../../shared/messages/define-messages.ts';
import type { Fix } from '../../../shared/messages/finding.ts';
import { applyLine, patchLine } from '../../../shared/util/kubectl.ts';

/** ExternalName and headless Services, and the names of StatefulSet pods. */
export const aliasMessages = {
  SVC556: message<{ service: string; target: string; missing: string; fixes: readonly Fix[] }>({
    slug: 'external-name-target-missing',
    severity: 'critical',
    rung: 10,
    title: 'the alias leads to a Service that does not exist',
    summary: ({ service, target, missing }) =>
      `ExternalName Service ${service} is an alias of ${target}, but there is no ${missing}`,
    explain:
      'A Service of type ExternalName is a CNAME record and nothing else. The name it gives lies inside this cluster, and ' +
      'there is no such Service: callers get the alias and no address.\n' +
      'Correct the name, or create the Service it means.',
    fixes: ({ fixes, target }) =>
      fixes.length > 0
        ? fixes
        : [
            {
              title: 'look where such a Service is',
              command: `kubectl get services -A --field-selector metadata.name=${target.split('.')[0] ?? ''}`,
              risk: 'none',
            },
          ],
  }),

  SVC557: message<{ service: string; target: string; whole: string; fixes: readonly Fix[] }>({
    slug: 'external-name-not-whole',
    covers: ['SVC561'],
    severity: 'critical',
    rung: 10,
    title: 'the alias leads to a short name',
    summary: ({ service, target, whole }) =>
      `ExternalName Service ${service} is an alias of ${target}, which is no whole name: it needs ${whole}`,
    explain:
      'The target of an alias is an absolute name. Search lists are not applied to it, so that a short name which works in a ' +
      'pod does not work here: it is asked of the outside world, which knows nothing of it.\n' +
      'Write the whole name, with .svc and the cluster domain.',
    fixes: ({ fixes }) => fixes,
  }),

  SVC558: message<{ service: string; target: string; fixes: readonly Fix[] }>({
    slug: 'external-name-is-address',
    severity: 'critical',
    rung: 10,
    title: 'the alias leads to an IP address',
    summary: ({ service, target }) =>
      `ExternalName Service ${service} is set to ${target}, an IP address; externalName must be a DNS name`,
    explain:
      'externalName becomes a CNAME record, whose target is always a name. An IP address is taken for a name made of digits, ' +
      'which does not exist; no caller gets an address.\n' +
      'For an address use a Service without selector and an EndpointSlice that holds it.',
    fixes: ({ fixes }) => fixes,
  }),

  SVC559: message<{ service: string; target: string; fault: string; fixes: readonly Fix[] }>({
    slug: 'external-name-malformed',
    severity: 'critical',
    rung: 10,
    title: 'externalName is no host name',
    summary: ({ service, target, fault }) => `ExternalName Service ${service}: externalName "${target}" ${fault}`,
    explain:
      'externalName takes a host name of lower-case letters, digits, hyphens and dots, without scheme, port or path. The API ' +
      'server refuses anything else, so that this manifest cannot be applied.\nPorts and schemes belong to the caller.',
    fixes: ({ fixes }) => fixes,
  }),

  SVC560: message<{ service: string; chain: string; target: string; namespace: string; name: string }>({
    slug: 'external-name-loop',
    severity: 'critical',
    rung: 10,
    title: 'the alias leads back to itself',
    summary: ({ service, chain }) => `ExternalName Service ${service} is an alias of itself: ${chain}`,
    explain:
      'The alias, or a chain of aliases, ends where it began. A resolver follows it a few times and gives up without an ' +
      'address.\nPoint one of them at the real target.',
    fixes: ({ namespace, name, target }) => [
      {
        title: 'set the real target (in the place of <NAME>)',
        command: patchLine('service', namespace, name, { spec: { externalName: '<NAME>' } }),
        risk: 'low',
        undo: patchLine('service', namespace, name, { spec: { externalName: target } }),
      },
    ],
  }),

  SVC561: message<{ service: string; target: string; namespace: string; name: string }>({
    slug: 'external-name-target-without-endpoints',
    severity: 'critical',
    rung: 60,
    title: 'the Service behind the alias has no ready endpoint',
    summary: ({ service, target }) =>
      `ExternalName Service ${service} leads to Service ${target}, which has no ready endpoint`,
    explain:
      'The alias itself is sound. The Service it leads to has no pod that is ready, so that callers reach nobody. The cause ' +
      'is found by asking for that Service.',
    fixes: ({ namespace, name }) => [
      { title: 'ask for that Service', command: `kubectl netsvc ${name} -n ${namespace}`, risk: 'none' },
    ],
  }),

  SVC562: message<{ service: string; target: string; moved: string }>({
    slug: 'external-name-notes',
    severity: 'info',
    title: 'what an alias does not do',
    summary: ({ service, target, moved }) =>
      moved === ''
        ? `callers of ${service} send its own name as Host header and TLS server name to ${target}`
        : `ports of ExternalName Service ${service} are not mapped (${moved}): callers must use the port of ${target}`,
    explain:
      'An alias changes the address that a caller connects to, nothing else. The port stays what the caller uses. HTTP ' +
      'servers outside see the name of the alias in the Host header and may answer 404; TLS servers have no certificate for ' +
      'it. Callers then need the real name.',
  }),

  SVC577: message<{ service: string; target: string; name: string; namespace: string }>({
    slug: 'external-name-unverified',
    severity: 'info',
    title: 'the Service behind the alias could not be seen',
    summary: ({ service, target }) =>
      `ExternalName Service ${service} leads to Service ${target}, which was not read: whether it exists is not known`,
    explain:
      'The alias leads to a Service of this cluster that lies outside of what was read: another namespace without rights, or ' +
      'a snapshot of one namespace only. Nothing is said about it, neither good nor bad.',
    fixes: ({ name, namespace }) => [
      { title: 'ask for that Service', command: `kubectl netsvc ${name} -n ${namespace}`, risk: 'none' },
    ],
  }),

  SVC563: message<{ service: string; name: string; ports: string; targets: string }>({
    slug: 'headless-port-mapping',
    severity: 'info',
    title: 'a headless Service does not map ports',
    summary: ({ service, ports, targets }) =>
      `Service ${service} is headless, so callers must use port ${targets}: port ${ports} is not mapped`,
    explain:
      'The name of a headless Service (clusterIP None) answers with the addresses of the pods, and callers connect to them ' +
      'directly. No kube-proxy rule stands between, so that port and targetPort are not translated: a caller that uses the ' +
      "Service's port is refused.\nUse the target port in the caller, or give both the same number.",
  }),

  SVC564: message<{
    set: string;
    namespace: string;
    governing: string;
    service: string;
    headless: boolean;
    selector: string;
  }>({
    slug: 'stateful-set-service-missing',
    severity: 'warning',
    rung: 60,
    title: 'the Service that names the pods of a StatefulSet does not exist',
    summary: ({ set, governing, service, headless }) =>
      `StatefulSet ${set} has serviceName ${governing}, but there is no Service ${governing}: ` +
      `names such as ${set}-0.${headless ? service : governing} do not resolve`,
    explain:
      'Each pod of a StatefulSet gets a name of its own, POD.SERVICE, where SERVICE is the headless Service in ' +
      'spec.serviceName. That Service does not exist, so that the names do not either: members of a cluster do not find each ' +
      'other, while requests to the Service as a whole work.\n' +
      'spec.serviceName cannot be changed. Create the Service that it names, or delete the StatefulSet without its pods ' +
      '(--cascade=orphan) and create it with the right name.',
    fixes: ({ set, namespace, governing, selector, service, headless }) => {
      const made = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: governing, namespace },
        spec: {
          clusterIP: 'None',
          selector: Object.fromEntries(selector.split(',').map((pair) => pair.split('='))),
        },
      };
      const create: Fix = {
        title: `create the headless Service ${governing} (names become ${set}-0.${governing})`,
        command: applyLine(made),
        risk: 'low',
        undo: `kubectl delete service ${governing} -n ${namespace}`,
      };
      if (!headless) return [create];
      const rename = (from: string, to: string): string =>
        `kubectl get statefulset ${set} -n ${namespace} -o yaml | sed 's/^  serviceName: ${from}$/  serviceName: ${to}/' | ` +
        `kubectl replace --force --cascade=orphan -f - && kubectl rollout restart statefulset ${set} -n ${namespace}`;
      return [
        {
          title: `let Service ${service} name the pods (makes the StatefulSet anew around its pods, then restarts them)`,
          command: rename(governing, service),
          risk: 'high',
          undo: rename(service, governing),
        },
        create,
      ];
    },
  }),

  SVC565: message<{ set: string; governing: string; wanted: string; service: string; fixes: readonly Fix[] }>({
    slug: 'stateful-set-service-mismatch',
    severity: 'warning',
    rung: 60,
    title: 'the Service that names the pods of a StatefulSet selects others',
    summary: ({ set, governing, wanted }) =>
      `StatefulSet ${set} has serviceName ${governing}, but Service ${governing} selects ${wanted}, which its pods do not carry: names such as ${set}-0.${governing} do not resolve`,
    explain:
      'The names of StatefulSet pods come from the endpoints of the Service in spec.serviceName. That Service exists and ' +
      'selects other pods, so that the pods of this StatefulSet have no names.\nCorrect the selector of that Service.',
    fixes: ({ fixes }) => fixes,
  }),

  SVC579: message<{ set: string; namespace: string; governing: string; pods: string; old: string }>({
    slug: 'stateful-set-pods-named-before',
    severity: 'warning',
    confidence: 'likely',
    rung: 60,
    title: 'pods of a StatefulSet keep the names of an earlier serviceName',
    summary: ({ set, governing, pods, old }) =>
      `StatefulSet ${set} has serviceName ${governing}, but ${pods} still belong to ${old}: ${set}-0.${governing} does not resolve`,
    explain:
      'A pod gets its subdomain when it is made, and keeps it. These pods were made while the StatefulSet had another ' +
      'serviceName; making the StatefulSet anew without its pods does not change them.\nRestart them.',
    fixes: ({ set, namespace }) => [
      {
        title: 'make the pods anew, one after the other',
        command: `kubectl rollout restart statefulset ${set} -n ${namespace}`,
        risk: 'low',
      },
    ],
  }),

  SVC566: message<{ set: string; governing: string }>({
    slug: 'stateful-set-service-not-headless',
    severity: 'info',
    title: 'the Service that names the pods of a StatefulSet has a ClusterIP',
    summary: ({ set, governing }) =>
      `StatefulSet ${set} is governed by Service ${governing}, which is not headless; names such as ${set}-0.${governing} still resolve`,
    explain:
      'The documentation asks for a headless Service (clusterIP None) in spec.serviceName. With a ClusterIP the names of the ' +
      'pods resolve all the same, and the name of the Service leads to the ClusterIP instead of the list of pods.',
  }),
};
