import type { AnyMessage } from '../../../shared/messages/define-messages.ts';
import { addressMessages } from './addresses.ts';
import { calicoMessages } from './calico.ts';
import { ciliumMessages } from './cilium.ts';
import { configurationMessages } from './configuration.ts';
import { flannelMessages } from './flannel.ts';
import { nodeMessages } from './nodes.ts';
import { pluginMessages } from './plugins.ts';
import { podMessages } from './pods.ts';
import { poolMessages } from './pools.ts';
import { presenceMessages } from './presence.ts';
import { rulesPacketsMessages } from './rules-packets.ts';
import { rulesRoutesMessages } from './rules-routes.ts';
import { rulesServicesMessages } from './rules-services.ts';
import { rulesSettingsMessages } from './rules-settings.ts';

/** Every code of the plugin. A code, once shipped, keeps its meaning. */
export const messages: Readonly<Record<string, AnyMessage>> = {
  ...presenceMessages,
  ...configurationMessages,
  ...nodeMessages,
  ...addressMessages,
  ...podMessages,
  ...poolMessages,
  ...calicoMessages,
  ...pluginMessages,
  ...flannelMessages,
  ...ciliumMessages,
  ...rulesServicesMessages,
  ...rulesPacketsMessages,
  ...rulesRoutesMessages,
  ...rulesSettingsMessages,
};
