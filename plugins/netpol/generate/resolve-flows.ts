import { UsageError } from '../../../shared/cli/command.ts';
import { declaredPortsOf } from '../../../shared/policy/rules/units.ts';
import type { Asked } from '../actions/ask.ts';
import { nobodyWords } from '../actions/unseen-report.ts';
import type { flowOf } from '../assert/parse-expectations.ts';
import type { End } from '../targets/parse-end.ts';
import { podsOfParty } from '../targets/party.ts';
import { askedPorts } from '../targets/ports.ts';
import { resolveEnd } from '../targets/resolve-end.ts';
import type { Flow, Side } from './build.ts';

/** The pods, addresses and ports of wanted flows. Throws a UsageError for an end of which no policy can be written. */
export function resolveFlows(asked: Asked, flows: readonly ReturnType<typeof flowOf>[]): readonly Flow[] {
  return flows.map(({ from, to, port, protocol }) => {
    const [source, target] = [sideOf(asked, from), sideOf(asked, to)];
    const { party } = target;
    const ports = askedPorts(party, { port, protocol });
    const numbers =
      ports?.flatMap((one) => party.members.flatMap((unit) => ({ protocol: one.protocol, port: one.on(unit) ?? 0 }))) ??
      podsOfParty(party).flatMap((pod) =>
        declaredPortsOf(pod).map((one) => ({ protocol: one.protocol, port: one.number })),
      );
    const distinct = new Map(
      numbers.filter((one) => one.port > 0).map((one) => [`${one.protocol} ${one.port}`, one] as const),
    );
    if (distinct.size === 0) throw new UsageError(`${party.words} declares no port`, 'Say which: A -> B:PORT');
    return { from: source, to: target, ports: [...distinct.values()] };
  });
}

function sideOf(asked: Asked, end: End): Side {
  const found = resolveEnd(asked, end, asked.namespace);
  if (found.type === 'party') return { end, party: found.party };
  throw new UsageError(
    `no policy can be written: ${nobodyWords(found)}`,
    'A policy goes by the labels of pods. Name them by labels instead: --allow "app=web -> app=db:5432"',
  );
}
