import type { Condition, KubeObject, LabelSelector, Labels } from './objects.ts';

/** Objects of network plugins, with the fields that the project reads; each names where the plugin defines it. */

/** projectcalico/calico api/pkg/apis/projectcalico/v3/ippool.go. */
export interface IPPool extends KubeObject {
  readonly spec?: {
    readonly cidr?: string;
    /** Prefix length of the blocks nodes get; 26 and 122 unless given. */
    readonly blockSize?: number;
    readonly ipipMode?: string;
    readonly vxlanMode?: string;
    readonly natOutgoing?: boolean;
    readonly disabled?: boolean;
    readonly nodeSelector?: string;
    readonly namespaceSelector?: string;
    readonly allowedUses?: readonly string[];
    readonly assignmentMode?: string;
    readonly disableBGPExport?: boolean;
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** projectcalico/calico libcalico-go/lib/apis/v1/…/ipam_block.go; exists under crd.projectcalico.org alone. */
export interface IPAMBlock extends KubeObject {
  readonly spec?: {
    readonly cidr?: string;
    /** `host:NODE`, or `virtual:…` for a load balancer; absent for a block that no node owns. */
    readonly affinity?: string | null;
    readonly deleted?: boolean;
    /** For each ordinal the index into `attributes`; null is free. */
    readonly allocations?: readonly (number | null)[];
    readonly unallocated?: readonly number[];
    readonly attributes?: readonly IPAMAttribute[];
    readonly strictAffinity?: boolean;
  };
}

export interface IPAMAttribute {
  readonly handle_id?: string | null;
  /** `pod`, `namespace`, `node`, `type` (`ipipTunnelAddress`, `vxlanTunnelAddress`, `wireguardTunnelAddress`), `timestamp`. */
  readonly secondary?: Readonly<Record<string, string>> | null;
}

export interface BlockAffinity extends KubeObject {
  readonly spec?: {
    /** `confirmed`, `pending`, `pendingDeletion`. */
    readonly state?: string;
    readonly node?: string;
    readonly cidr?: string;
    /** A text in the CRD, a boolean in the newer API. */
    readonly deleted?: string | boolean;
    readonly type?: string;
  };
}

export interface IPAMHandle extends KubeObject {
  readonly spec?: {
    readonly handleID?: string;
    readonly block?: Readonly<Record<string, number>>;
    readonly deleted?: boolean;
  };
}

export interface IPAMConfig extends KubeObject {
  readonly spec?: {
    readonly strictAffinity?: boolean;
    readonly autoAllocateBlocks?: boolean;
    /** 0 means no limit of its own. */
    readonly maxBlocksPerHost?: number;
  };
}

export interface BGPPeer extends KubeObject {
  readonly spec?: {
    /** A node's name; with none of `node` and `nodeSelector` every node. */
    readonly node?: string;
    readonly nodeSelector?: string;
    readonly peerIP?: string;
    readonly peerSelector?: string;
    readonly asNumber?: number | string;
  };
}

export interface BGPConfiguration extends KubeObject {
  readonly spec?: {
    readonly nodeToNodeMeshEnabled?: boolean;
    readonly asNumber?: number | string;
    readonly listenPort?: number;
  };
}

/** All its fields may matter, and their number grows with each release. */
export interface FelixConfiguration extends KubeObject {
  readonly spec?: Readonly<Record<string, unknown>>;
}

export interface ClusterInformation extends KubeObject {
  readonly spec?: {
    readonly calicoVersion?: string;
    readonly clusterType?: string;
    readonly datastoreReady?: boolean;
  };
}

/** projectcalico/calico api/pkg/apis/projectcalico/v3/nodestatus.go; made by users for the nodes they ask about. */
export interface CalicoNodeStatus extends KubeObject {
  readonly spec?: {
    readonly node?: string;
    readonly classes?: readonly string[];
    readonly updatePeriodSeconds?: number;
  };
  readonly status?: {
    readonly lastUpdated?: string | null;
    readonly agent?: { readonly birdV4?: BirdState; readonly birdV6?: BirdState };
    readonly bgp?: {
      readonly numberEstablishedV4?: number;
      readonly numberNotEstablishedV4?: number;
      readonly numberEstablishedV6?: number;
      readonly numberNotEstablishedV6?: number;
      readonly peersV4?: readonly CalicoPeerState[];
      readonly peersV6?: readonly CalicoPeerState[];
    };
  };
}

export interface BirdState {
  /** `Ready`, `NotReady`. */
  readonly state?: string;
  readonly version?: string;
}

export interface CalicoPeerState {
  readonly peerIP?: string;
  /** `NodeMesh`, `NodePeer`, `GlobalPeer`. */
  readonly type?: string;
  /** `Idle`, `Connect`, `Active`, `OpenSent`, `OpenConfirm`, `Established`, `Close`. */
  readonly state?: string;
  readonly since?: string;
}

/** tigera/operator api/v1/installation_types.go. */
export interface Installation extends KubeObject {
  readonly spec?: {
    readonly variant?: string;
    readonly cni?: { readonly type?: string; readonly ipam?: { readonly type?: string } };
    readonly calicoNetwork?: {
      readonly mtu?: number;
      readonly bgp?: string;
      readonly linuxDataplane?: string;
      readonly ipPools?: readonly {
        readonly cidr?: string;
        readonly encapsulation?: string;
        readonly natOutgoing?: string;
        readonly nodeSelector?: string;
        readonly blockSize?: number;
      }[];
      readonly nodeAddressAutodetectionV4?: Readonly<Record<string, unknown>>;
      readonly nodeAddressAutodetectionV6?: Readonly<Record<string, unknown>>;
    };
  };
  readonly status?: {
    readonly variant?: string;
    readonly mtu?: number;
    readonly calicoVersion?: string;
    readonly conditions?: readonly Condition[];
  };
}

/** Objects that tell by conditions alone how something fares: TigeraStatus, ClusterOperator. */
export interface ConditionedObject extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** cilium/cilium pkg/k8s/apis/cilium.io/v2/types.go. */
export interface CiliumNode extends KubeObject {
  readonly spec?: {
    readonly addresses?: readonly { readonly type?: string; readonly ip?: string }[];
    readonly encryption?: { readonly key?: number };
    readonly ipam?: {
      readonly podCIDRs?: readonly string[];
      /** Addresses the node may give out, where the operator hands them out one by one (ENI, Azure, CRD). */
      readonly pool?: Readonly<Record<string, unknown>>;
      readonly pools?: {
        readonly requested?: readonly {
          readonly pool?: string;
          readonly needed?: { readonly 'ipv4-addrs'?: number; readonly 'ipv6-addrs'?: number };
        }[];
        readonly allocated?: readonly { readonly pool?: string; readonly cidrs?: readonly string[] }[];
      };
      readonly 'max-allocate'?: number;
    };
    readonly eni?: Readonly<Record<string, unknown>>;
  };
  readonly status?: {
    readonly ipam?: {
      readonly used?: Readonly<Record<string, unknown>>;
      readonly 'operator-status'?: { readonly error?: string };
      readonly 'pod-cidrs'?: Readonly<Record<string, { readonly status?: string }>>;
    };
  };
}

export interface CiliumEndpoint extends KubeObject {
  readonly status?: {
    /** `ready`, `waiting-for-identity`, `not-ready`, `waiting-to-regenerate`, `regenerating`, `disconnecting`, … */
    readonly state?: string;
    readonly networking?: {
      readonly node?: string;
      readonly addressing?: readonly { readonly ipv4?: string; readonly ipv6?: string }[];
    };
    readonly health?: Readonly<Record<string, unknown>>;
  };
}

export interface CiliumPodIPPool extends KubeObject {
  readonly spec?: {
    readonly ipv4?: { readonly cidrs?: readonly (string | { readonly cidr?: string })[]; readonly maskSize?: number };
    readonly ipv6?: { readonly cidrs?: readonly (string | { readonly cidr?: string })[]; readonly maskSize?: number };
    readonly podSelector?: LabelSelector;
  };
}

export interface CiliumLoadBalancerIPPool extends KubeObject {
  readonly spec?: {
    readonly blocks?: readonly { readonly cidr?: string; readonly start?: string; readonly stop?: string }[];
    readonly disabled?: boolean;
    readonly serviceSelector?: LabelSelector;
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface CiliumBGPNodeConfig extends KubeObject {
  readonly status?: {
    readonly bgpInstances?: readonly {
      readonly name?: string;
      readonly peers?: readonly {
        readonly name?: string;
        readonly peerAddress?: string;
        readonly peerASN?: number;
        readonly peeringState?: string;
      }[];
    }[];
    readonly conditions?: readonly Condition[];
  };
}

/** aws/amazon-vpc-cni-k8s pkg/apis/crd/v1alpha1. */
export interface ENIConfig extends KubeObject {
  readonly spec?: { readonly subnet?: string; readonly securityGroups?: readonly string[] };
}

/** aws/amazon-vpc-resource-controller-k8s apis/vpcresources/v1alpha1. */
export interface CNINode extends KubeObject {
  readonly spec?: {
    readonly features?: readonly { readonly name?: string; readonly value?: string }[];
    readonly tags?: Labels;
  };
}

/** Azure/azure-container-networking crd/nodenetworkconfig/api/v1alpha. */
export interface NodeNetworkConfig extends KubeObject {
  readonly spec?: { readonly requestedIPCount?: number; readonly ipsNotInUse?: readonly string[] };
  readonly status?: {
    readonly assignedIPCount?: number;
    readonly scaler?: { readonly maxIPCount?: number; readonly batchSize?: number };
    readonly status?: string;
    readonly networkContainers?: readonly {
      readonly status?: string;
      readonly subnetName?: string;
      readonly subnetAddressSpace?: string;
      readonly primaryIP?: string;
      readonly ipAssignments?: readonly { readonly ip?: string; readonly name?: string }[];
    }[];
  };
}

/** k8snetworkplumbingwg multi-net-spec; `config` is a CNI configuration as a text. */
export interface NetworkAttachmentDefinition extends KubeObject {
  readonly spec?: { readonly config?: string };
}

/** k8snetworkplumbingwg/whereabouts: addresses given out, keyed by their offset in the range. */
export interface WhereaboutsIPPool extends KubeObject {
  readonly spec?: {
    readonly range?: string;
    readonly allocations?: Readonly<Record<string, { readonly podref?: string; readonly id?: string }>>;
  };
}

/** antrea-io/antrea pkg/apis/crd/v1beta1. */
export interface AntreaAgentInfo extends KubeObject {
  readonly version?: string;
  readonly podRef?: { readonly name?: string; readonly namespace?: string };
  readonly nodeRef?: { readonly name?: string };
  readonly nodeSubnets?: readonly string[];
  readonly localPodNum?: number;
  readonly agentConditions?: readonly {
    readonly type?: string;
    readonly status?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly lastHeartbeatTime?: string;
  }[];
}

export interface AntreaIPPool extends KubeObject {
  readonly spec?: {
    readonly ipRanges?: readonly { readonly cidr?: string; readonly start?: string; readonly end?: string }[];
  };
  readonly status?: { readonly usage?: { readonly total?: number; readonly used?: number } };
}

/** openshift/api config/v1/types_network.go. */
export interface OpenShiftNetwork extends KubeObject {
  readonly spec?: OpenShiftRanges;
  readonly status?: OpenShiftRanges & { readonly networkType?: string; readonly clusterNetworkMTU?: number };
}

export interface OpenShiftRanges {
  readonly networkType?: string;
  readonly clusterNetwork?: readonly { readonly cidr?: string; readonly hostPrefix?: number }[];
  readonly serviceNetwork?: readonly string[];
}

/** kubeovn/kube-ovn pkg/apis/kubeovn/v1. */
export interface KubeOvnSubnet extends KubeObject {
  readonly spec?: {
    readonly cidrBlock?: string;
    readonly default?: boolean;
    readonly protocol?: string;
    readonly gatewayType?: string;
    readonly namespaces?: readonly string[];
  };
  readonly status?: {
    readonly v4availableIPs?: number;
    readonly v4usingIPs?: number;
    readonly v6availableIPs?: number;
    readonly v6usingIPs?: number;
    readonly conditions?: readonly Condition[];
  };
}

/** coordination.k8s.io/v1; the one of a node's name in kube-node-lease is its heartbeat. */
export interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly renewTime?: string;
  };
}
