import type { Command, Option } from './command.ts';

const CONNECTION = 'Connection flags, as in kubectl';

/** Where facts are read from and in which namespace. */
const factOptions: readonly Option[] = [
  {
    name: 'namespace',
    alias: 'n',
    type: 'string',
    value: 'NS',
    describe: 'namespace; that of the kubeconfig context unless given',
  },
  {
    name: 'snapshot',
    type: 'array',
    value: 'PATH',
    describe:
      'judge files instead of a cluster: a file, a folder, a .tar.gz or .zip of YAML or JSON, or - for standard input; may be repeated',
  },
];

/** The flags of kubectl that choose and reach the cluster. */
const connectionOptions: readonly Option[] = [
  { name: 'kubeconfig', type: 'string', value: 'FILE', describe: 'kubeconfig file instead of KUBECONFIG' },
  { name: 'context', type: 'string', value: 'NAME', describe: 'kubeconfig context' },
  { name: 'cluster', type: 'string', value: 'NAME', describe: 'kubeconfig cluster' },
  { name: 'user', type: 'string', value: 'NAME', describe: 'kubeconfig user' },
  { name: 'server', alias: 's', type: 'string', value: 'URL', describe: 'address of the API server' },
  { name: 'token', type: 'string', value: 'TOKEN', describe: 'bearer token' },
  { name: 'as', type: 'string', value: 'USER', describe: 'user to impersonate' },
  { name: 'as-group', type: 'array', value: 'GROUP', describe: 'group to impersonate; may be repeated' },
  { name: 'as-uid', type: 'string', value: 'UID', describe: 'uid to impersonate' },
  { name: 'certificate-authority', type: 'string', value: 'FILE', describe: 'CA certificate of the server' },
  { name: 'client-certificate', type: 'string', value: 'FILE', describe: 'client certificate' },
  { name: 'client-key', type: 'string', value: 'FILE', describe: 'key of the client certificate' },
  { name: 'insecure-skip-tls-verify', type: 'boolean', describe: 'accept any server certificate' },
  { name: 'tls-server-name', type: 'string', value: 'NAME', describe: 'name expected in the server certificate' },
  {
    name: 'request-timeout',
    type: 'string',
    value: 'DURATION',
    describe: 'time for one request, such as 5s; 0 means no limit',
  },
  { name: 'cache-dir', type: 'string', hidden: true, describe: 'accepted for kubectl’s sake, not used' },
  { name: 'disable-compression', type: 'boolean', hidden: true, describe: 'accepted for kubectl’s sake, not used' },
].map((option) => ({ ...(option as Option), group: CONNECTION }));

const watchOption: Option = {
  name: 'watch',
  alias: 'w',
  type: 'boolean',
  describe: 'ask again every few seconds, and print again when the answer has changed',
};

const commonOptions: readonly Option[] = [
  { name: 'no-color', type: 'boolean', describe: 'no colours; NO_COLOR does the same' },
  { name: 'verbose', alias: 'v', type: 'boolean', describe: 'tell what was read, and the stack of a failure' },
  { name: 'help', alias: 'h', type: 'boolean', describe: 'this help' },
];

/** Every option that a command takes, its own first; an own option replaces a shared one of the same name. */
export function optionsOf(command: Command): readonly Option[] {
  const own = command.options ?? [];
  const shared = [
    ...(command.readsFacts === false ? [] : factOptions),
    ...(command.formats.length === 0 ? [] : [outputOption(command.formats)]),
    ...(command.watches === true ? [watchOption] : []),
    ...commonOptions,
    ...(command.readsFacts === false ? [] : connectionOptions),
  ];
  return [...own, ...shared.filter((option) => !own.some((other) => other.name === option.name))];
}

function outputOption(formats: readonly string[]): Option {
  return {
    name: 'output',
    alias: 'o',
    type: 'string',
    value: 'FORMAT',
    choices: formats,
    describe: formats.join(', '),
  };
}
