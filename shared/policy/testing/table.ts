import { evaluate } from '../evaluate.ts';
import { buildPolicyModel, type PolicyFacts } from '../model.ts';
import { protocolOf } from '../port-set.ts';
import type { Answer } from '../verdict.ts';

const MARKS: Readonly<Record<Answer, string>> = { yes: '.', no: 'X', depends: '?' };

/**
 * Who may reach whom on a port such as `TCP 80`, as Kubernetes' end-to-end tests print it: a line for every sender, a mark
 * for every receiver (`.` yes, `X` no, `?` depends), pods of one namespace without a space between them.
 */
export function table(facts: PolicyFacts, port: string): readonly string[] {
  const [name, number] = port.split(' ');
  const protocol = protocolOf(name);
  if (protocol === undefined) throw new Error(`no protocol in "${port}"`);
  const model = buildPolicyModel(facts);
  return facts.pods.map((from) => {
    let line = `${from.metadata?.namespace}/${from.metadata?.name} `;
    let last = facts.pods[0]?.metadata?.namespace;
    for (const to of facts.pods) {
      if (to.metadata?.namespace !== last) line += ' ';
      last = to.metadata?.namespace;
      const question = { protocol, port: Number(number) };
      line += MARKS[evaluate(model, { type: 'pod', pod: from }, { type: 'pod', pod: to }, question).answer];
    }
    return line;
  });
}

/** The lines of a table written in a test, without the indentation of the source. */
export function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
