import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { refKey } from '../../../shared/model/refs.ts';
import { sourceName } from '../../../shared/model/source-name.ts';
import type { Answer } from '../../../shared/policy/evaluate/verdict.ts';
import { isolating } from '../../../shared/policy/model.ts';
import { hasPort } from '../../../shared/policy/rules/port-set.ts';
import type { Direction } from '../../../shared/policy/rules/rules.ts';
import type { Report, Section } from '../../../shared/report/report.ts';
import { joinNames, plural, shellQuote, wrap } from '../../../shared/util/text.ts';
import { refValue } from '../answer/end-values.ts';
import { type NotInFiles, notInFiles } from '../answer/not-in-files.ts';
import { meansSomeAddresses, outsideNote, wayInValue, waysInTo } from '../answer/outside-words.ts';
import { type ReachGroup, reachGroups } from '../answer/reach-groups.ts';
import { endsPlan } from '../collect/ends-plan.ts';
import { isPaper } from '../policy-facts.ts';
import { commandNear, orCommand } from '../targets/not-found.ts';
import { parseEnds, refusePolicyWords } from '../targets/parse-end.ts';
import { likesOf, type Party, podsOfParty, senderWords } from '../targets/party.ts';
import { type AskedPort, anyPort, askedPorts, type PortWish } from '../targets/ports.ts';
import { resolveEnd } from '../targets/resolve-end.ts';
import { ruleWords } from '../words/policies.ts';
import { reasonWords } from '../words/reasons.ts';
import { type Asked, ask, askedAboutAll, cniOf } from './ask.ts';
import { runCanReach, wishOf } from './can-reach.ts';
import { lintOf } from './lint-of.ts';
import { groupData, groupSection, type Told, textSection, toldGroups } from './told-groups.ts';
import { unseenReport } from './unseen-report.ts';

/** `who-can-reach TARGET`, and the default: `web`, or `from A to B`. */
export async function runWhoCanReach(request: Request): Promise<CommandResult> {
  const { args } = request;
  if (isPair(args)) return runCanReach(request);
  return runReach(request, 'ingress');
}

/** `A to B`, `B from A`, `A -> B`. */
function isPair(args: readonly string[]): boolean {
  const joined = args.includes('to') || args.includes('from');
  return (joined && args.length > 2) || args.some((word) => word.includes('->'));
}

/** `who can reach web`, `can web reach db`, `what can web reach` as they are spoken; undefined for other words. */
function spokenLine(args: readonly string[]): string | undefined {
  const text = args.map(shellQuote).join(' ');
  const [, who] = /^who[- ]can[- ]reach (\S+)$/.exec(text) ?? [];
  if (who !== undefined) return `who-can-reach ${who}`;
  const [, from, to] = /^can (?:reach (?=\S+ \S+$))?(\S+) (?:reach )?(\S+)$/.exec(text) ?? [];
  if (from !== undefined) return `can-reach ${from} ${to}`;
  const [, what] = /^what[- ]can(?:[- ]reach)? (\S+)(?: reach)?$/.exec(text) ?? [];
  return what === undefined ? undefined : `what-can ${what} reach`;
}

/** `what-can POD reach`, or with the verb before the pod. */
export async function runWhatCan(request: Request): Promise<CommandResult> {
  const last = request.args.length - 1;
  const args = request.args.filter((word, at) => word !== 'reach' || (at !== 0 && at !== last));
  return runReach({ ...request, args }, 'egress');
}

async function runReach(request: Request, direction: Direction): Promise<CommandResult> {
  const command = direction === 'ingress' ? 'who-can-reach' : 'what-can';
  const labels = request.options.string('selector');
  const [end, ...more] = parseEnds([...request.args, ...(labels === undefined ? [] : [labels])]);
  if (end === undefined || more.length > 0) {
    refusePolicyWords(request.args);
    throw new UsageError(
      `${command} needs one name, and got ${end === undefined ? 'none' : more.length + 1}`,
      end === undefined ? exampleOf(direction) : linesMeant(request, direction),
    );
  }
  const asked = askedAboutAll(await ask(request, endsPlan([end], 'all', direction === 'ingress')));
  const found = orCommand(request.args[0], request.plugin, () => resolveEnd(asked, end, asked.namespace));
  if (found.type !== 'party') return { type: 'report', report: unseenReport(asked, `netpol ${command}`, found) };
  const { party } = found;
  const wish = wishOf(request, end);
  const ports = direction === 'ingress' ? askedPorts(party, wish) : portOfOthers(wish);
  const groups = reachGroups(asked.model, party, ports, direction);
  const denied = request.options.boolean('denied');
  const wide = !['table', undefined].includes(request.options.string('output'));
  const report = reportOf(asked, party, ports, groups, direction, denied, wide);
  const selecting = likesOf(asked.model, party).flatMap(({ unit }) =>
    unit.type === 'pod' ? isolating(asked.model, unit, direction).map(({ policy }) => policy.ref) : [],
  );
  const findings = await lintOf(asked, selecting, cniOf(request));
  return { type: 'report', report: { ...report, findings } };
}

function exampleOf(direction: Direction): string {
  return `Example: kubectl netpol ${direction === 'ingress' ? 'who-can-reach svc/web' : 'what-can deploy/web reach'}`;
}

/** What several words may mean: a command that was spoken or mistyped, or two ends. */
function linesMeant({ args, plugin }: Request, direction: Direction): string {
  const [first = '', ...rest] = args;
  const spoken = spokenLine(args);
  const near = direction === 'ingress' ? commandNear(plugin, first) : undefined;
  const line = spoken ?? (near === undefined ? undefined : [near, ...rest.map(shellQuote)].join(' '));
  const meant = line === undefined ? [] : [`Did you mean the command kubectl netpol ${line}?`];
  if (spoken === undefined && direction === 'ingress' && args.length === 2) {
    meant.push(`From one to the other: kubectl netpol can-reach ${args.map(shellQuote).join(' ')}`);
  }
  return meant.length === 0 ? exampleOf(direction) : meant.join('\n');
}

/** Of those that a pod reaches the port is theirs, and only a number means the same to all of them. */
function portOfOthers({ port, protocol: wanted }: PortWish): readonly AskedPort[] | undefined {
  if (port === undefined) return anyPort(wanted);
  const protocol = wanted ?? 'TCP';
  const number = Number(port);
  if (!Number.isInteger(number) || number < 1 || number > 65535) {
    throw new UsageError(`--port ${port} is no number between 1 and 65535`, 'what-can takes the number of a port.');
  }
  return [{ words: `${protocol} ${number}`, protocol, on: () => number }];
}

function reportOf(
  asked: Asked,
  party: Party,
  ports: readonly AskedPort[] | undefined,
  groups: readonly ReachGroup[],
  direction: Direction,
  denied: boolean,
  wide: boolean,
): Report {
  const { gaps, index, snapshot, enforcement } = asked;
  const command = direction === 'ingress' ? 'netpol who-can-reach' : 'netpol what-can';
  const but = new Set(podsOfParty(party));
  const told = (answer: Answer): readonly Told[] => toldGroups(asked, groups, answer, but);
  const [open, maybe, shut] = [told('yes'), told('depends'), told('no')];
  // Where nobody is let through, what stands in the way is the answer.
  const tellShut = denied || (isNobody(open) && isNobody(maybe));
  const ways = direction === 'ingress' ? waysInTo(index, asked.model, party) : [];
  const absent = isPaper(index) ? notInFiles(asked.model, party, ports, direction) : [];
  const note = direction === 'ingress' ? noteOn(asked, party, [...open, ...maybe]) : undefined;
  const far = (told: readonly Told[]): readonly Told[] => told.filter((one) => !isNobody([one]));
  const near = far(open).length + far(maybe).length < open.length + maybe.length;
  const seen = gaps.incomplete === undefined ? (absent.length > 0 ? ' in the files' : '') : ' that was seen';
  const nobody = `nobody${near ? ' but its own node' : seen}`;
  const not =
    enforcement.enforced === 'no'
      ? `${reasonWords({ code: 'notEnforced', by: enforcement.by ?? '' })}. By the policies, `
      : '';
  const missing = gaps.incomplete === undefined ? '' : `; ${gaps.incomplete}`;
  return {
    command,
    target: party.ref,
    takenAt: index.takenAt,
    source: sourceName(snapshot),
    verdict: gaps.incomplete === undefined ? 'healthy' : 'unknown',
    word: gaps.incomplete === undefined ? '' : 'INCOMPLETE',
    headline: `${not}${summaryOf(party, ports, far(open), far(maybe), direction, nobody)}${missing}`,
    causes: [],
    findings: [],
    notChecked: gaps.notChecked,
    coverage: { ran: 1, of: 1 },
    ladder: [],
    layout: 'answer',
    sections: [
      ...open.map((one) => groupSection(one, '', wide)),
      ...maybe.map((one) => groupSection(one, 'Depends: ', wide)),
      ...(tellShut
        ? shut.map((one) => groupSection(one, direction === 'ingress' ? 'Kept out: ' : 'Out of reach: ', wide))
        : []),
      ...absentSection(asked, absent, direction),
      ...ways.map(({ words }) => textSection(words)),
      ...(note === undefined ? [] : [textSection(`Mind: ${note}`)]),
    ],
    data: {
      to: refValue(party.ref),
      [direction === 'ingress' ? 'sources' : 'destinations']: [
        ...open.map((one) => groupData(asked, one, 'allowed')),
        ...maybe.map((one) => groupData(asked, one, 'depends')),
        ...(tellShut ? shut.map((one) => groupData(asked, one, 'denied')) : []),
      ],
      ...(absent.length === 0 ? {} : { notInFiles: absent.map(absentValue) }),
      ...(ways.length === 0 ? {} : { waysIn: ways.map(wayInValue) }),
      ...(note === undefined ? {} : { notes: [note] }),
      enforcement: { enforced: enforcement.enforced, by: enforcement.by ?? null },
    },
  };
}

/** Rules that let through pods which the files do not hold. */
function absentSection({ places }: Asked, absent: readonly NotInFiles[], direction: Direction): readonly Section[] {
  if (absent.length === 0) return [];
  const verb = direction === 'ingress' ? 'lets in' : 'lets it reach';
  const lines = absent.flatMap(({ policy, rule, peers, ports }) => {
    const text = `${ports}: ${ruleWords(policy, direction, rule, places)} ${verb} ${joinNames(peers, 3)}`;
    return wrap(text, 76).map((line, at) => `${at === 0 ? '  - ' : '    '}${line}`);
  });
  return [{ type: 'text', title: 'Not in the files', lines }];
}

function absentValue({ policy, rule, peers, ports }: NotInFiles): object {
  return { policy: refValue(policy), rule: rule.index, peers, ports };
}

/** What is to be minded of callers outside, where some are let in. */
function noteOn({ model }: Asked, party: Party, told: readonly Told[]): string | undefined {
  const outside = told.filter(({ group }) => group.ranges.length > 0);
  const byAddress = outside.some(({ via }) =>
    via.some(
      ({ direction, decision }) =>
        direction === 'ingress' &&
        decision.by === 'rule' &&
        model.policies.some(
          ({ ref, ingress }) =>
            refKey(ref) === refKey(decision.policy) &&
            ingress.some(({ index, peers }) => index === decision.rule.index && meansSomeAddresses(peers)),
        ),
    ),
  );
  return outside.length === 0 ? undefined : outsideNote(party, byAddress);
}

/** Whether it is nobody, or nobody but who shares a node with those asked about. */
function isNobody(told: readonly Told[]): boolean {
  return told.every(({ group }) => group.nodes.length > 0);
}

function summaryOf(
  party: Party,
  ports: readonly AskedPort[] | undefined,
  open: readonly Told[],
  maybe: readonly Told[],
  direction: Direction,
  nobody: string,
): string {
  const pods = new Set(open.flatMap(({ group }) => group.pods)).size;
  const outside = open.some(({ group }) => group.ranges.length > 0);
  const reached = (told: readonly Told[], { protocol, on }: AskedPort): boolean =>
    party.members.some((unit) => {
      const number = on(unit);
      return number !== undefined && told.some(({ group }) => hasPort(group.ports, protocol, number));
    });
  const onPorts = (some: readonly AskedPort[]): string =>
    some.length === 0
      ? ''
      : ` on ${joinNames(
          some.map((port) => port.words + targetWords(party, port)),
          3,
        )}`;
  const all = ports ?? [];
  const opened = all.filter((port) => reached(open, port));
  const unsure = all.filter((port) => !opened.includes(port) && reached(maybe, port));
  const shut = all.filter((port) => !opened.includes(port) && !unsure.includes(port));
  const whom = [
    ...(pods === 0 ? [] : [plural(pods, 'pod')]),
    ...(outside ? ['addresses outside the cluster'] : []),
  ].join(' and ');
  const verb = (who: string, on: string): string =>
    direction === 'egress' ? `${senderWords(party)} can reach ${who}${on}` : `${who} can reach ${party.words}${on}`;
  if (whom === '' && maybe.length > 0) {
    return `whether ${verb('anybody', onPorts(all))} is not decided`;
  }
  if (whom === '') return verb(nobody, onPorts(all));
  const doubt = maybe.length === 0 ? '' : '; some depend';
  return `${verb(whom, onPorts(opened))}${shut.length === 0 ? '' : `, ${nobody}${onPorts(shut)}`}${doubt}`;
}

/** `, TCP 5432 of its pods`, where a Service changes the number. */
function targetWords(party: Party, port: AskedPort): string {
  const numbers = [...new Set(party.members.flatMap((unit) => port.on(unit) ?? []))];
  if (numbers.length === 0) return ' (no pod has its target port)';
  const told = numbers.every((number) => new RegExp(`\\b${number}\\b`).test(port.words));
  return told ? '' : ` (${port.protocol} ${numbers.join(', ')} of its pods)`;
}
