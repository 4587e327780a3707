import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import type { NetworkPolicy } from '../../../shared/model/objects-network.ts';
import { declaredPortsOf, NAMESPACE_NAME_LABEL } from '../../../shared/policy/units.ts';
import { flowOf } from '../assert/parse-expectations.ts';
import { endsPlan } from '../collect/ends-plan.ts';
import { DNS_RULE, type Flow, policiesFor, policy } from '../generate/build.ts';
import { verify } from '../generate/verify.ts';
import { podsOfParty } from '../targets/party.ts';
import { askedPorts } from '../targets/ports.ts';
import { resolveEnd } from '../targets/resolve-end.ts';
import { type Asked, ask } from './ask.ts';

const TEMPLATES = ['deny-all', 'same-namespace', 'cross-namespace', 'external-cidr', 'dns'] as const;

const EXAMPLES = `Templates: ${TEMPLATES.join(', ')}. Or flows: kubectl netpol generate --allow "deploy/web -> deploy/db:5432"`;

/** `generate`: policies on standard output; nothing is applied. */
export async function runGenerate(request: Request): Promise<CommandResult> {
  const [template, ...more] = request.args;
  const lines = request.options.list('allow');
  if (more.length > 0 || (template === undefined) === (lines.length === 0)) {
    throw new UsageError('generate needs a template or flows to allow', EXAMPLES);
  }
  if (template !== undefined) return fromTemplate(request, template);
  const flows = lines.map(flowOf);
  const asked = await ask(request, endsPlan(flows.flatMap(({ from, to }) => [from, to])));
  const resolved: Flow[] = [];
  for (const { from, to, port, protocol } of flows) {
    const [a, b] = [from, to].map((end) => ({ end, found: resolveEnd(asked, end, asked.namespace) }));
    if (a?.found.type !== 'party' || b?.found.type !== 'party')
      throw new UsageError('an end of a flow could not be seen, so its labels are not known', EXAMPLES);
    const target = b.found.party;
    const ports = askedPorts(target, { port, protocol });
    const numbers =
      ports?.flatMap((one) =>
        target.members.flatMap((unit) => ({ protocol: one.protocol, port: one.on(unit) ?? 0 })),
      ) ??
      podsOfParty(target).flatMap((pod) =>
        declaredPortsOf(pod).map((one) => ({ protocol: one.protocol, port: one.number })),
      );
    const distinct = [
      ...new Map(numbers.filter((one) => one.port > 0).map((one) => [`${one.protocol} ${one.port}`, one])).values(),
    ];
    if (distinct.length === 0) throw new UsageError(`${target.words} declares no port`, 'Say which: A -> B:PORT');
    resolved.push({ from: { end: from, party: a.found.party }, to: { end: to, party: target }, ports: distinct });
  }
  return flowsResult(asked, resolved, request.options.boolean('egress'));
}

async function flowsResult(asked: Asked, flows: readonly Flow[], egress: boolean): Promise<CommandResult> {
  const policies = policiesFor(asked.index, flows, egress);
  const dns = egress
    ? policies.map((one) =>
        one.spec?.policyTypes?.includes('Egress') === true
          ? { ...one, spec: { ...one.spec, egress: [...(one.spec.egress ?? []), DNS_RULE] } }
          : one,
      )
    : policies;
  const { closed, more, unsure } = verify(asked.model.facts, dns, flows);
  const list = (head: string, all: readonly string[]): readonly string[] =>
    all.length === 0
      ? []
      : [
          `# ${head}`,
          ...all.slice(0, 10).map((line) => `#   ${line}`),
          ...(all.length > 10 ? [`#   and ${all.length - 10} more`] : []),
        ];
  const good = closed.length + more.length + unsure.length === 0;
  const notes = [
    good ? '# Checked: the flows pass, and nothing else reaches the receivers.' : '# Checked, and not as it should be:',
    ...list('still closed, by other policies:', closed),
    ...list('let in as well, by the same labels:', more),
    ...list('not decided by the facts:', unsure),
    ...(egress ? ['# Not checked: what the senders may reach beside this and DNS.'] : []),
  ];
  return output(notes, dns, closed.length > 0 ? 1 : unsure.length > 0 ? 3 : 0);
}

async function fromTemplate(request: Request, template: string): Promise<CommandResult> {
  const namespace = await request.facts.namespace();
  const from = request.options.list('from-namespace');
  const cidrs = request.options.list('cidr');
  const notes = ['# From a template: look at it with kubectl netpol diff -f FILE before you apply it.'];
  switch (template) {
    case 'deny-all':
      return output(
        notes,
        [
          policy(namespace, 'deny-all-ingress', {}, 'ingress', []),
          policy(namespace, 'deny-all-egress', {}, 'egress', []),
          policy(namespace, 'allow-dns', {}, 'egress', [DNS_RULE]),
        ],
        0,
      );
    case 'same-namespace':
      return output(
        notes,
        [policy(namespace, 'allow-same-namespace', {}, 'ingress', [{ from: [{ podSelector: {} }] }])],
        0,
      );
    case 'cross-namespace': {
      if (from.length === 0)
        throw new UsageError(
          'cross-namespace needs the namespaces that may come in',
          'Example: generate cross-namespace --from-namespace monitoring',
        );
      const peers = from.map((name) => ({ namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: name } } }));
      return output(notes, [policy(namespace, 'allow-namespaces', {}, 'ingress', [{ from: peers }])], 0);
    }
    case 'external-cidr': {
      if (cidrs.length === 0)
        throw new UsageError(
          'external-cidr needs the addresses',
          'Example: generate external-cidr --cidr 203.0.113.0/24',
        );
      const peers = cidrs.map((cidr) => ({ ipBlock: { cidr } }));
      return output(notes, [policy(namespace, 'allow-external', {}, 'egress', [{ to: peers }, DNS_RULE])], 0);
    }
    case 'dns':
      return output(notes, [policy(namespace, 'allow-dns', {}, 'egress', [DNS_RULE])], 0);
    default:
      throw new UsageError(`there is no template ${template}`, EXAMPLES);
  }
}

async function output(
  notes: readonly string[],
  policies: readonly NetworkPolicy[],
  exit: number,
): Promise<CommandResult> {
  const { dump } = await import('js-yaml');
  const texts = policies.map((one) => dump(one, { noRefs: true, lineWidth: -1 }));
  return { type: 'text', text: `${notes.join('\n')}\n${texts.join('---\n')}`, exit };
}
