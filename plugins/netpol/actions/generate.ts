import type { CommandResult, Options, Plan, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { didYouMean } from '../../../shared/cli/nearest.ts';
import { noNamespace } from '../../../shared/cli/no-namespace.ts';
import { ClusterError } from '../../../shared/kube/ports.ts';
import type { NetworkPolicy } from '../../../shared/model/objects-network.ts';
import { longName } from '../../../shared/model/refs.ts';
import type { PolicyModel } from '../../../shared/policy/model.ts';
import { joinNames, plural, wrap } from '../../../shared/util/text.ts';
import { flowOf } from '../assert/parse-expectations.ts';
import { endsPlan } from '../collect/ends-plan.ts';
import { readPolicies, readWaysIn } from '../collect/policy-plan.ts';
import { type Flow, leadsOut, policiesFor } from '../generate/build.ts';
import { type Dns, dnsOf } from '../generate/dns-rules.ts';
import { resolveFlows } from '../generate/resolve-flows.ts';
import { serviceFlows } from '../generate/service-flows.ts';
import { type FromTemplate, TEMPLATES } from '../generate/templates.ts';
import { verify } from '../generate/verify.ts';
import { verifyTemplate } from '../generate/verify-template.ts';
import { type Asked, ask, refuseNowhere } from './ask.ts';

const EXAMPLES =
  `${wrap(`Templates: ${Object.keys(TEMPLATES).join(', ')}.`, 80).join('\n')}\nOr flows: kubectl netpol generate --allow "deploy/web -> deploy/db:5432"\n` +
  'Without either: for the Services of the namespace.';

/** `generate`: policies on standard output; nothing is applied. */
export async function runGenerate(request: Request): Promise<CommandResult> {
  const [template, ...more] = request.args;
  const lines = request.options.list('allow');
  if (more.length > 0 || (template !== undefined && lines.length > 0)) {
    throw new UsageError('generate takes one template, or flows to allow', EXAMPLES);
  }
  refuseOthers(request.options, template);
  if (template !== undefined) return fromTemplate(request, template);
  if (lines.length === 0) return fromServices(request);
  const flows = lines.map(flowOf);
  const asked = await ask(request, endsPlan(flows.flatMap(({ from, to }) => [from, to])));
  return flowsResult(request, asked, resolveFlows(asked, flows), []);
}

/** What only some of the templates take. */
const TAKEN: Readonly<Record<string, readonly string[]>> = {
  egress: [],
  'from-namespace': ['cross-namespace'],
  cidr: ['external-cidr'],
  from: ['database'],
  selector: ['database'],
  port: ['database'],
};

/** A flag that another template takes would change nothing here, unseen. */
function refuseOthers(options: Options, template: string | undefined): void {
  for (const [flag, takers] of Object.entries(TAKEN)) {
    const given = options.string(flag) !== undefined || options.list(flag).length > 0 || options.boolean(flag);
    if (
      !given ||
      (template === undefined ? flag === 'egress' : takers.includes(template) || !Object.hasOwn(TEMPLATES, template))
    )
      continue;
    const what = template === undefined ? 'generate without a template' : `the template ${template}`;
    throw new UsageError(
      `${what} does not take --${flag}`,
      flag === 'egress'
        ? 'It belongs to flows: kubectl netpol generate --allow "A -> B:PORT" --egress'
        : `It belongs to: kubectl netpol generate ${joinNames(takers)}`,
    );
  }
}

const servicesPlan: Plan = async (gatherer, namespace) => {
  await Promise.all([readPolicies(gatherer, 'all', [namespace]), readWaysIn(gatherer, [namespace], [namespace])]);
};

async function fromServices(request: Request): Promise<CommandResult> {
  const asked = await ask(request, servicesPlan);
  const { index, model, namespace } = asked;
  refuseNowhere(asked, namespace);
  const { flows, notes } = serviceFlows(index, model, namespace);
  if (flows.length === 0) {
    throw new UsageError(`no Service of namespace ${namespace} leads to pods, so no flow is known`, EXAMPLES);
  }
  return flowsResult(request, asked, resolveFlows(asked, flows.map(flowOf)), [
    `From the Services of namespace ${namespace}: who calls them is in no object, so its own pods may; --allow "A -> B:PORT" is narrower.`,
    ...notes,
  ]);
}

async function flowsResult(
  request: Request,
  { index, model }: Asked,
  flows: readonly Flow[],
  about: readonly string[],
): Promise<CommandResult> {
  const egress = request.options.boolean('egress');
  const dns = dnsOf(index);
  const policies = policiesFor(index, flows, egress).map((one) => withDns(one, dns));
  // Pods that stand in for templates are made once: a model of its own would make others.
  const facts = { ...model.facts, pods: model.pods, workloads: [] };
  const { closed, more, unsure, beside } = verify(facts, policies, flows, dns);
  const good = closed.length + more.length + unsure.length === 0;
  const receivers = beside.length === 0 ? 'nothing else reaches the receivers' : 'these let nothing else in';
  const outward = flows.filter(leadsOut).map(({ from }) => from.party.words);
  const who = egress ? 'the senders' : joinNames([...new Set(outward)], 3);
  const reach = new Set(outward).size === 1 && !egress ? 'reaches' : 'reach';
  const senders = beside.length === 0 ? `${who} ${reach} nothing else but DNS` : 'nothing else but DNS out';
  const parts = [
    ...(policies.some(({ spec }) => spec?.policyTypes?.includes('Ingress')) ? [receivers] : []),
    ...(policies.some(({ spec }) => spec?.policyTypes?.includes('Egress')) ? [senders] : []),
  ];
  const ends = parts.join(', and ');
  const notes = [
    ...about,
    ...(outward.length > 0 && !egress
      ? [
          `To addresses only a policy of the sender leads; it limits all that ${who} sends, so name its other flows too.`,
        ]
      : []),
    good ? `Checked: the flows pass, and ${ends}.` : 'Checked, and not as it should be:',
    ...listed('still closed, by other policies:', closed),
    ...listed('let through as well, by the same labels:', more),
    ...listed('not decided by the facts:', unsure),
    ...listed(BESIDE, beside),
    ...wayBack(model, policies),
  ];
  return output(request, notes, policies, closed.length > 0 ? 1 : unsure.length > 0 ? 3 : 0);
}

/** Whoever may send only what is listed still has to ask for names. */
function withDns(one: NetworkPolicy, { rules }: Dns): NetworkPolicy {
  if (one.spec?.policyTypes?.includes('Egress') !== true) return one;
  return { ...one, spec: { ...one.spec, egress: [...(one.spec.egress ?? []), ...rules] } };
}

/** The lines that take the policies away again, or keep those whose place they take. */
function wayBack({ facts }: PolicyModel, policies: readonly NetworkPolicy[]): readonly string[] {
  const there = new Set((facts.networkPolicies ?? []).map(longName));
  const replaced = policies.filter((one) => there.has(longName(one)));
  return replaced.length === 0
    ? ['Undo:', ...linesFor('delete', policies, '')]
    : [
        `Takes the place of ${joinNames(replaced.map(longName))}. Save what is there first:`,
        ...linesFor('get', replaced, ' -o yaml > before.yaml'),
      ];
}

/** One line for each namespace. */
function linesFor(verb: string, policies: readonly NetworkPolicy[], more: string): readonly string[] {
  const namespaces = [...new Set(policies.map(({ metadata }) => metadata?.namespace ?? ''))];
  return namespaces.map((namespace) => {
    const own = policies.filter(({ metadata }) => metadata?.namespace === namespace);
    const names = own.map(({ metadata }) => metadata?.name ?? '').join(' ');
    return `  kubectl ${verb} networkpolicy ${names} -n ${namespace}${more}`;
  });
}

const MOST = 10;

function listed(head: string, all: readonly string[]): readonly string[] {
  if (all.length === 0) return [];
  const rest = all.length > MOST ? [`  and ${all.length - MOST} more`] : [];
  return [head, ...all.slice(0, MOST).map((line) => `  ${line}`), ...rest];
}

async function fromTemplate(request: Request, name: string): Promise<CommandResult> {
  const template = Object.hasOwn(TEMPLATES, name) ? TEMPLATES[name] : undefined;
  if (template === undefined) {
    const near = didYouMean(name, Object.keys(TEMPLATES));
    throw new UsageError(`there is no template ${name}`, near === '' ? EXAMPLES : `${near}\n${EXAMPLES}`);
  }
  const { options, facts } = request;
  const namespace = await facts.namespace();
  const write = (dns: Dns): FromTemplate =>
    template({
      namespace,
      fromNamespaces: options.list('from-namespace'),
      cidrs: options.list('cidr'),
      selector: options.string('selector'),
      clients: options.list('from'),
      port: options.string('port'),
      dns,
    });
  // What is missing on the command line is told before anything is read.
  const { policies } = write(dnsOf(undefined));
  let asked: Asked;
  try {
    asked = await ask(request, (gatherer, own) => readPolicies(gatherer, 'all', [own]));
  } catch (error) {
    // A template is of use without a cluster; that it was not judged has to be said.
    if (!(error instanceof ClusterError)) throw error;
    return output(request, [`Not checked: ${error.message}`, SEE_DIFF], policies, 3);
  }
  return templateResult(request, asked, namespace, write(dnsOf(asked.index)));
}

const BESIDE = 'Policies that are there already let through as well:';

const SEE_DIFF = 'See all that it changes with kubectl netpol diff -f FILE before you apply it.';

async function templateResult(
  request: Request,
  { index, model, gaps, name }: Asked,
  namespace: string,
  { policies, promises, wanted = [] }: FromTemplate,
): Promise<CommandResult> {
  const nobody = wanted.filter(({ means }) => !model.pods.some(means)).map(({ words }) => words);
  const modelFacts = { ...model.facts, pods: model.pods, workloads: [] };
  const verified = verifyTemplate(modelFacts, namespace, policies, promises, name);
  const { closed, more, unsure, beside, pods } = verified;
  const good = closed.length + more.length + unsure.length === 0;
  // It may be made later.
  const nowhere = noNamespace(index, namespace);
  const about =
    pods === 0
      ? `No pod of namespace ${namespace} is meant now, so there was nothing to check${nowhere === undefined ? '' : `: ${nowhere}`}.`
      : `for ${plural(pods, 'pod')} of namespace ${namespace}: what the template is for passes, and it lets nothing else through.`;
  const notes = [
    pods === 0 ? about : good ? `Checked ${about}` : 'Checked, and not as it should be:',
    ...listed('still closed, by other policies:', closed),
    ...listed('let through as well:', more),
    ...listed('not decided by the facts:', unsure),
    ...listed(BESIDE, beside),
    ...(gaps.incomplete === undefined ? [] : [`Not all could be checked: ${gaps.incomplete}.`]),
    ...nobody.map((words) => `No pod has ${words}: nobody comes in by it. Clients elsewhere: --from NAMESPACE:LABELS.`),
    SEE_DIFF,
    ...wayBack(model, policies),
  ];
  return output(request, notes, policies, closed.length > 0 ? 1 : unsure.length > 0 ? 3 : 0);
}

/** YAML with the notes as comments; JSON has none, so there they go to standard error. */
async function output(
  request: Request,
  notes: readonly string[],
  policies: readonly NetworkPolicy[],
  exit: number,
): Promise<CommandResult> {
  const lines = notes.flatMap((note) => (note.startsWith(' ') ? [`# ${note}`] : wrap(note, 80, '# ')));
  const comments = lines.map((line) => `${line}\n`).join('');
  if (request.options.string('output') === 'json') {
    request.runtime.stderr.write(comments);
    const list = { apiVersion: 'v1', kind: 'List', items: policies };
    return { type: 'text', text: JSON.stringify(list, null, 2), exit };
  }
  const { dump } = await import('js-yaml');
  const texts = policies.map((one) => dump(one, { noRefs: true, lineWidth: -1 }));
  return { type: 'text', text: `${comments}${texts.join('---\n')}`, exit };
}
