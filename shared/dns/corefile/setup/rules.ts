import * as answer from './answer.ts';
import { cache } from './cache.ts';
import * as cloud from './cloud.ts';
import type { SetupRule } from './context.ts';
import { dynupdate } from './dynupdate.ts';
import * as kubernetes from './kubernetes.ts';
import * as madeUp from './made-up.ts';
import * as observe from './observe.ts';
import * as records from './records.ts';
import { rewrite } from './rewrite.ts';
import * as server from './server.ts';
import * as translate from './translate.ts';
import * as upstream from './upstream.ts';
import * as watch from './watch.ts';

/** What each plugin accepts on its lines. A directive that is not here (`federation`, `reverse`, …) is not looked into. */
export const SETUP_RULES: Readonly<Record<string, SetupRule>> = {
  root: server.root,
  metadata: answer.metadata,
  geoip: watch.geoip,
  cancel: server.cancel,
  proxyproto: server.proxyproto,
  quic: server.quic,
  grpc_server: server.grpcServer,
  https: server.https,
  https3: server.https3,
  timeouts: server.timeouts,
  multisocket: server.multisocket,
  reload: observe.reload,
  nsid: answer.nsid,
  bufsize: answer.bufsize,
  bind: server.bind,
  debug: server.debug,
  trace: watch.trace,
  ready: observe.ready,
  health: observe.health,
  pprof: observe.pprof,
  shed: server.shed,
  prometheus: observe.prometheus,
  errors: observe.errors,
  log: observe.log,
  dnstap: watch.dnstap,
  local: answer.local,
  dns64: translate.dns64,
  siit: translate.siit,
  any: answer.any,
  chaos: answer.chaos,
  loadbalance: answer.loadbalance,
  tsig: watch.tsig,
  rewrite,
  autopath: answer.autopath,
  acl: answer.acl,
  cache,
  header: answer.header,
  dnssec: records.dnssec,
  tls: server.tls,
  minimal: answer.noArguments,
  template: madeUp.template,
  transfer: answer.transfer,
  dynupdate,
  hosts: madeUp.hosts,
  route53: cloud.route53,
  azure: cloud.azure,
  clouddns: cloud.clouddns,
  k8s_external: kubernetes.k8sExternal,
  kubernetes: kubernetes.kubernetes,
  file: records.file,
  auto: records.auto,
  secondary: records.secondary,
  etcd: records.etcd,
  loop: observe.loop,
  forward: upstream.forward,
  proxy: upstream.proxy,
  grpc: upstream.grpc,
  erratic: answer.erratic,
  whoami: answer.noArguments,
  on: server.on,
  sign: records.sign,
  view: server.view,
  nomad: records.nomad,
};

/** What plugins ask for once all of them are set up. */
export const START_RULES: Readonly<Record<string, SetupRule>> = {
  k8s_external: kubernetes.k8sExternalStart,
};
