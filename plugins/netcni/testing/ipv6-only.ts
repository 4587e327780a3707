import type { KubeObject } from '../../../shared/model/objects.ts';

/**
 * The same cluster with IPv6 alone. Words of the plugins that name a family are changed with their addresses.
 */
export function ipv6Only(objects: readonly KubeObject[]): readonly KubeObject[] {
  return objects.map((object) => JSON.parse(inIpv6(JSON.stringify(object))) as KubeObject);
}

/** A text in which every address and range of the clusters of these tests is one of IPv6. */
export function inIpv6(text: string): string {
  return REWRITES.reduce((all, [form, by]) => all.replace(form, by as string), text);
}

const REWRITES: readonly (readonly [RegExp, string | ((...match: string[]) => string)])[] = [
  [/\b127\.0\.0\.1\b/g, '[::1]'],
  [/\b(\d+)\.(\d+)\.(\d+)\.(\d+)(\/\d+)?(?![\d.])(:\d+)?/g, inGroups],
  [/flannel\.alpha\.coreos\.com\/backend-data/g, 'flannel.alpha.coreos.com/backend-v6-data'],
  [/flannel\.alpha\.coreos\.com\/public-ip\b/g, 'flannel.alpha.coreos.com/public-ipv6'],
  [/\\"Network\\":/g, '\\"EnableIPv4\\":false,\\"EnableIPv6\\":true,\\"IPv6Network\\":'],
  [/projectcalico\.org\/IPv4/g, 'projectcalico.org/IPv6'],
  [/"IPv4"/g, '"IPv6"'],
  [/"blockSize":26/g, '"blockSize":122'],
  [/v4(availableIPs|usingIPs)/g, 'v6$1'],
];

/** `10.244.1.5` as `fd00:a:f4:1::5`: each number in 16 bits of its own, so that ranges hold what they held. */
function inGroups(_: string, a = '', b = '', c = '', d = '', length = '', port = ''): string {
  const [x, y, z, last] = [a, b, c, d].map((text) => Number(text).toString(16));
  const bits = Number(length.slice(1));
  const prefix = length === '' ? '' : `/${bits >= 24 ? bits + 96 : 24 + 16 * Math.floor(bits / 8) + (bits % 8)}`;
  const address = `fd00:${x}:${y}:${z}::${last === '0' ? '' : last}${prefix}`;
  return port === '' ? address : `[${address}]${port}`;
}
