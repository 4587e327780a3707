import type { Evidence } from '../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../shared/model/cluster-index.ts';
import { podKey } from '../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { shorten } from '../../../shared/util/text.ts';
import { agentGroups, nodeOfAgent } from './agents.ts';

/** Why aws-node has no more addresses for its node, in its own words. */
export interface AwsRefusal {
  readonly meaning: string;
  readonly evidence: Evidence;
}

/** Errors of the EC2 API that end the growth of a node's pool (docs.aws.amazon.com/AWSEC2 errors-overview). */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/InsufficientFreeAddressesInSubnet/, 'its subnet has no free address'],
  [/InsufficientCidrBlocks/, 'its subnet has no free prefix (/28) in one piece'],
  [/AttachmentLimitExceeded|PrivateIpAddressLimitExceeded/, 'its interfaces hold as many addresses as they can'],
  [/UnauthorizedOperation/, 'aws-node lacks rights to attach interfaces'],
];

/** The last refusal in the log of the node's aws-node, where that was recorded. */
export function awsRefusal(index: ClusterIndex, node: string): AwsRefusal | undefined {
  const agents = agentGroups(index).filter(({ plugin }) => plugin?.name === 'AWS VPC CNI');
  for (const pod of agents.flatMap(({ pods }) => pods).filter((one) => nodeOfAgent(one) === node)) {
    const lines = (pod.spec?.containers ?? []).flatMap(
      ({ name = '' }) => index.log(namespaceOf(pod), nameOf(pod), name, false)?.split('\n') ?? [],
    );
    const line = lines.findLast((text) => REFUSALS.some(([words]) => words.test(text)));
    const meaning = REFUSALS.find(([words]) => words.test(line ?? ''))?.[1];
    if (line === undefined || meaning === undefined) continue;
    const word = /[A-Z][A-Za-z]+(?:InSubnet|Blocks|Exceeded|Operation)/.exec(line)?.[0] ?? '';
    const fact = shorten(line.replace(/^.*"msg":"/, ''), 240);
    return { meaning: `${meaning} (${word})`, evidence: { fact, source: `log of Pod ${podKey(pod)}` } };
  }
  return undefined;
}
