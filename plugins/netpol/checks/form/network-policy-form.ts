import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { NetworkPolicyPeer } from '../../../../shared/model/objects-network.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import { DIRECTIONS, type Direction } from '../../../../shared/policy/rules/rules.ts';
import { coversRange, parseCidr, toCidrs } from '../../../../shared/util/addresses.ts';
import { atField, changeFix } from '../../lint/places.ts';
import { type PolicySubject, writtenPolicy } from '../../lint/policy-subject.ts';
import { formMessages } from '../../messages/form.ts';
import { ruleWords } from '../../words/policies.ts';
import { peerFixes, pointerOf, policyTypeFixes, portFixes } from './form-fixes.ts';
import { isCidr, metaProblems, peerProblems, portProblem, selectorProblems } from './form-problems.ts';
import { unknownFieldsOf } from './unknown-fields.ts';
import { isOfNewer, unknownFinding } from './unknown-finding.ts';

const applies = ({ kind }: PolicySubject): boolean => kind === 'NetworkPolicy';

/** One list item of a rule with where it stands. */
interface Item<T> {
  readonly direction: Direction;
  readonly rule: number;
  readonly at: number;
  readonly item: T;
  readonly list: readonly T[];
  readonly field: string;
}

function peersOf(subject: PolicySubject): readonly Item<NetworkPolicyPeer | null>[] {
  const spec = writtenPolicy(subject)?.spec;
  return DIRECTIONS.flatMap((direction) =>
    (spec?.[direction] ?? []).flatMap((written, rule) => {
      const name = direction === 'ingress' ? 'from' : 'to';
      const list = (written as { from?: NetworkPolicyPeer[]; to?: NetworkPolicyPeer[] } | null)?.[name];
      if (!Array.isArray(list)) return [];
      return list.map((item, at) => ({
        direction,
        rule,
        at,
        item,
        list,
        field: `spec.${direction}[${rule}].${name}[${at}]`,
      }));
    }),
  );
}

/** Ports that the API refuses, and which then open nothing here either. */
export const portIsNotValid = defineCheck<PolicySubject>({
  id: 'netpol/port-is-not-valid',
  group: 'form',
  needs: ['NetworkPolicy'],
  uses: ['Pod'],
  applies,
  run: (subject, { index }) => {
    const spec = writtenPolicy(subject)?.spec;
    return DIRECTIONS.flatMap((direction) =>
      (spec?.[direction] ?? []).flatMap((rule, at) =>
        (Array.isArray(rule?.ports) ? rule.ports : []).flatMap((entry, place) => {
          const problem = portProblem(entry);
          if (problem === undefined) return [];
          const field = `spec.${direction}[${at}].ports[${place}]`;
          return [
            formMessages.POL322.raise({
              subject: subject.ref,
              args: {
                rule: ruleWords(subject.ref, direction, { index: at }),
                problem,
                fixes: portFixes(index, subject, field, entry),
              },
              evidence: [atField(index, subject, field, JSON.stringify(entry))],
            }),
          ];
        }),
      ),
    );
  },
});

/** Blocks, holes and bits of ipBlock. */
export const ipBlockForm = defineCheck<PolicySubject>({
  id: 'netpol/ip-block-form',
  group: 'form',
  needs: ['NetworkPolicy'],
  uses: ['Pod'],
  applies,
  run: (subject, { index }) =>
    peersOf(subject).flatMap((place) => {
      const { ipBlock } = place.item ?? {};
      const range = parseCidr(ipBlock?.cidr);
      if (!ipBlock || range === undefined || !isCidr(ipBlock.cidr)) return [];
      const { cidr = '', except } = ipBlock;
      const holes = (Array.isArray(except) ? except : []).flatMap((text, at) =>
        exceptFinding(index, subject, place, text, at),
      );
      const [block] = toCidrs(range);
      if (block === undefined || sameAddress(block, cidr)) return holes;
      const single = cidr.replace(/\/.*/, cidr.includes(':') ? '/128' : '/32');
      const bits = formMessages.POL324.raise({
        subject: subject.ref,
        args: {
          rule: ruleWords(subject.ref, place.direction, { index: place.rule }),
          cidr,
          means: block,
          fixes: [
            changeFix(index, subject, {
              title: `write it as it is read (or ${single} for the one address)`,
              op: 'replace',
              path: `${pointerOf(place.field)}/ipBlock/cidr`,
              value: block,
              old: cidr,
              risk: 'none',
            }),
          ],
        },
        evidence: [atField(index, subject, `${place.field}.ipBlock.cidr`, cidr)],
      });
      return [...holes, bits];
    }),
});

/** Whether two texts name the same first address; `2001:DB8::/32` is only another spelling. */
function sameAddress(a: string, b: string): boolean {
  return parseCidr(a.replace(/\/.*/, ''))?.first === parseCidr(b.replace(/\/.*/, ''))?.first;
}

function exceptFinding(
  index: ClusterIndex,
  subject: PolicySubject,
  { item, direction, rule, field }: Item<NetworkPolicyPeer | null>,
  except: string,
  at: number,
): readonly Finding[] {
  const cidr = item?.ipBlock?.cidr ?? '';
  const outer = parseCidr(cidr);
  const hole = isCidr(except) ? parseCidr(except) : undefined;
  const same = outer !== undefined && hole !== undefined && hole.first === outer.first && hole.last === outer.last;
  if (outer !== undefined && hole !== undefined && coversRange(outer, hole) && !same) return [];
  const why =
    hole === undefined ? 'which is no address block' : same ? 'which leaves nothing' : 'which does not hold it';
  return [
    formMessages.POL321.raise({
      subject: subject.ref,
      args: {
        rule: ruleWords(subject.ref, direction, { index: rule }),
        except,
        cidr,
        why,
        fixes: [
          changeFix(index, subject, {
            title: same ? 'take the whole peer out instead of excepting all of it' : 'take the entry out',
            op: 'remove',
            path: `${pointerOf(field)}${same ? '' : `/ipBlock/except/${at}`}`,
            old: same ? item : except,
            risk: 'low',
          }),
        ],
      },
      evidence: [atField(index, subject, `${field}.ipBlock`, `cidr ${cidr}, except[${at}] ${except}`)],
    }),
  ];
}

/** Selectors, peers and policyTypes that the API refuses. */
export const policyIsNotValid = defineCheck<PolicySubject>({
  id: 'netpol/policy-is-not-valid',
  group: 'form',
  needs: ['NetworkPolicy'],
  applies,
  run: (subject, { index }) => {
    const spec = writtenPolicy(subject)?.spec;
    const raise = (field: string, problem: string, fixes: readonly Fix[] = []): Finding =>
      formMessages.POL323.raise({
        subject: subject.ref,
        args: { policy: formatRef(subject.ref), field, problem, fixes },
        evidence: [atField(index, subject, field, problem)],
      });
    const types = (spec?.policyTypes ?? []).flatMap((type, at) =>
      type === 'Ingress' || type === 'Egress'
        ? []
        : [
            raise(
              `spec.policyTypes[${at}]`,
              `"${type}" is neither Ingress nor Egress`,
              policyTypeFixes(index, subject, at, type),
            ),
          ],
    );
    const count = spec?.policyTypes?.length ?? 0;
    const many = count > 2 ? [raise('spec.policyTypes', `${count} entries, and two are the most`)] : [];
    const selector = selectorProblems(spec?.podSelector).map(({ field, problem }) =>
      raise(`spec.podSelector${field}`, problem),
    );
    const peers = peersOf(subject).flatMap(({ item, field, list }) =>
      peerProblems(item).map((problem) =>
        raise(`${field}${problem.field}`, problem.problem, peerFixes(index, subject, field, item, list)),
      ),
    );
    const swapped = DIRECTIONS.flatMap((direction) =>
      (spec?.[direction] ?? []).flatMap((rule, at) => {
        const wrong = direction === 'ingress' ? 'to' : 'from';
        if (rule === null || typeof rule !== 'object' || !(wrong in rule)) return [];
        const right = direction === 'ingress' ? 'from' : 'to';
        // Unknown fields are dropped with a warning, and a rule without peers means everybody.
        return [
          raise(`spec.${direction}[${at}].${wrong}`, `${direction} rules have ${right}; ${wrong} is not known there`),
        ];
      }),
    );
    const meta = metaProblems(subject.object.metadata ?? {}).map(({ field, problem }) => raise(field, problem));
    const unknown = unknownFieldsOf('NetworkPolicy', subject.object).map((one) =>
      isOfNewer(subject, one) ? unknownFinding(index, subject, one) : raise(one.field, one.problem),
    );
    return [...meta, ...unknown, ...types, ...many, ...selector, ...peers, ...swapped];
  },
});
