import type { Check } from '../../../../shared/diagnose/check.ts';
import type { ClusterSubject } from '../../cluster-subject.ts';
import { ciliumAddressStale } from '../cilium/address-stale.ts';
import {
  agentTaintStays,
  ciliumBgp,
  ciliumEndpoints,
  ciliumNodeMissing,
  ciliumNoRange,
  loadBalancerPools,
} from '../cilium/cilium.ts';
import { ciliumApiAddress, ciliumEncryption } from '../cilium/settings.ts';
import { flannelChecks } from '../flannel/checks.ts';
import { attachmentMissing } from './attachments.ts';
import { awsRights } from './aws-rights.ts';
import { awsMaxPods, azureAddresses, cloudRoutes, eniConfigMissing } from './clouds.ts';
import { podMtuTooLarge } from './mtu.ts';
import { nodeMtusDiffer } from './node-mtus-differ.ts';
import { antreaConditions, networkOperator, ovnSubnetMissing } from './others.ts';
import { tuningHints } from './tuning.ts';

/** What Cilium, Flannel and the other plugins tell of themselves, MTU and hints. */
export const pluginChecks: readonly Check<ClusterSubject>[] = [
  agentTaintStays,
  ciliumNodeMissing,
  ciliumAddressStale,
  ciliumNoRange,
  ciliumEndpoints,
  ciliumBgp,
  loadBalancerPools,
  ciliumApiAddress,
  ciliumEncryption,
  ...flannelChecks,
  antreaConditions,
  networkOperator,
  ovnSubnetMissing,
  azureAddresses,
  awsRights,
  awsMaxPods,
  eniConfigMissing,
  cloudRoutes,
  attachmentMissing,
  podMtuTooLarge,
  nodeMtusDiffer,
  tuningHints,
];
