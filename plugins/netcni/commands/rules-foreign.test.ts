import { describe, expect, it } from 'vitest';
import { ask, silent } from '../testing/ask-rules.ts';
import { firewalld } from '../testing/firewalld-rules.ts';
import { closedInput, DOCKER, DOCKER_28, LIBVIRT, ufw, withFilter } from '../testing/foreign-rules.ts';
import { iptablesSave } from '../testing/iptables-dump.ts';
import { HEALTHY_LINKS, HEALTHY_ROUTES } from '../testing/node-tools.ts';

/** What tells by which interfaces packets go. */
const NETWORK = HEALTHY_ROUTES + HEALTHY_LINKS;
const TUNNEL = '-A ufw-user-input -p udp -m udp --dport 8472 -j ACCEPT\n';
const SSH = '-A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT\n';

describe('rules of others that leave pods alone', () => {
  it.each([
    ['ufw with the port of the tunnel open', ufw(`${SSH}${TUNNEL}`)],
    ['ufw with the nodes allowed', ufw('-A ufw-user-input -s 10.1.0.0/24 -j ACCEPT\n')],
    ['Docker', DOCKER],
    ['Docker 28', DOCKER_28],
    ['libvirt', LIBVIRT],
    ['a closed INPUT with the port of the tunnel open', closedInput('-A INPUT -p udp -m udp --dport 8472 -j ACCEPT\n')],
    ['firewalld that trusts the pods', firewalld(true)],
    ['firewalld that trusts the pods, and iptables', iptablesSave() + firewalld(true)],
    ['metadata of the cloud kept from pods', withFilter([], '-A FORWARD -d 169.254.169.254/32 -j DROP\n')],
    ['banned addresses', withFilter(['f2b-sshd'], '-A INPUT -j f2b-sshd\n-A f2b-sshd -s 192.0.2.7/32 -j REJECT\n')],
  ])('%s', async (_, dump) => {
    expect(await ask(dump)).toMatchObject(silent);
    expect(await ask(dump + NETWORK)).toMatchObject(silent);
  });

  it('firewalld whose zones go by interfaces that the dump does not tell proves nothing', async () => {
    expect(await ask(firewalld(false))).toMatchObject(silent);
  });
});

describe('rules of others in the way, with what lets pods pass', () => {
  it.each([
    [
      'ufw that knows nothing of the tunnel',
      ufw(SSH),
      'VXLAN packets from node n2',
      'ufw allow from 10.1.0.12 to any port 8472 proto udp',
      'ufw delete allow from 10.1.0.12 to any port 8472 proto udp',
    ],
    [
      'an INPUT that ends in a reject',
      closedInput(),
      'VXLAN packets from node n2',
      'iptables -I INPUT 1 -s 10.1.0.12 -p udp --dport 8472 -j ACCEPT',
      'iptables -D INPUT -s 10.1.0.12 -p udp --dport 8472 -j ACCEPT',
    ],
    [
      'a FORWARD that rejects everything first',
      withFilter([], '-A FORWARD -j REJECT --reject-with icmp-host-prohibited\n'),
      'everything → reject',
      'iptables -I FORWARD 1 -s 10.244.0.0/16 -j ACCEPT && iptables -I FORWARD 1 -d 10.244.0.0/16 -j ACCEPT',
      'iptables -D FORWARD -s 10.244.0.0/16 -j ACCEPT && iptables -D FORWARD -d 10.244.0.0/16 -j ACCEPT',
    ],
    [
      'firewalld without a zone for pods',
      firewalld(false),
      'chain filter_FWD_public',
      'firewall-cmd --permanent --zone=trusted --add-source=10.244.0.0/16 && firewall-cmd --reload',
      'firewall-cmd --permanent --zone=trusted --remove-source=10.244.0.0/16 && firewall-cmd --reload',
    ],
    [
      'a table of nft',
      'table inet guard {\n\tchain c {\n\t\ttype filter hook forward priority 0; policy drop;\n\t}\n}\n',
      'the policy of inet guard chain c',
      'nft insert rule inet guard c ip saddr 10.244.0.0/16 accept && nft insert rule inet guard c ip daddr 10.244.0.0/16 accept',
      'nft delete rule inet guard c handle N',
    ],
  ])('%s', async (_, dump, said, fix, undo) => {
    const answer = await ask(dump + NETWORK);
    expect(answer).toMatchObject({ codes: ['CNI820'], verdict: 'broken' });
    for (const part of [said, fix, undo]) expect(answer.text).toContain(part);
  });
});
