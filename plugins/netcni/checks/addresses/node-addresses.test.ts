import { expect, it } from 'vitest';
import { checkObjects } from '../../testing/check-objects.ts';
import { call, sandboxFailure } from '../../testing/faults/fault.ts';
import { calico } from '../../testing/networks/calico.ts';
import { awsVpc } from '../../testing/networks/clouds.ts';

const waiting = (node: string) =>
  sandboxFailure(
    node,
    `${call('aws-cni', 'aws-cni')}add cmd: failed to assign an IP address to container`,
    `api-${node}`,
  );
const said = (node: string, words: string) => ({
  namespace: 'kube-system',
  pod: `aws-node-${node}`,
  container: 'aws-node',
  previous: false,
  text: `{"level":"info","msg":"Starting IPAMD"}\n{"level":"error","msg":"Failed to allocate a private IP address on ENI eni-0a: ${words}: refused"}\n`,
});

it.each([
  ['InsufficientFreeAddressesInSubnet', 'its subnet has no free address'],
  ['InsufficientCidrBlocks', 'its subnet has no free prefix (/28) in one piece'],
  ['AttachmentLimitExceeded', 'its interfaces hold as many addresses as they can'],
  ['UnauthorizedOperation', 'aws-node lacks rights to attach interfaces'],
])('what aws-node was refused decides why a node has no address: %s', (words, meaning) => {
  const { headline, causes } = checkObjects([...awsVpc(), ...waiting('n1')], { logs: [said('n1', words)] });
  expect(causes.map(({ code }) => code)).toEqual(['CNI304']);
  expect(headline).toContain(`${meaning} (${words})`);
  expect(causes[0]?.evidence.map(({ source }) => source)).toContain('log of Pod kube-system/aws-node-n1');
});

it('what it was refused on another node, or without a pod that waits, says nothing', () => {
  const logs = [said('n2', 'InsufficientFreeAddressesInSubnet')];
  expect(checkObjects([...awsVpc(), ...waiting('n1')], { logs }).headline).toContain('or aws-node may not attach');
  expect(checkObjects(awsVpc(), { logs }).causes).toEqual([]);
});

it('pools of Calico that are used up are told from a node without a block', () => {
  const full =
    'failed to request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; No IPs available in pools: ';
  const ask = (pools: string) =>
    checkObjects([...calico(), ...sandboxFailure('n1', `${call('calico', 'k8s-pod-network')}${full}${pools}`)], {
      except: { IPAMBlock: 'notCollected' },
    }).headline;
  expect(ask('[10.244.0.0/26]')).toContain('the address pools of Calico have no free address left');
  expect(ask('[]')).toContain('Calico has no free address for this node');
});
