/** A host that a text names, with the port and scheme beside it when there are any. */
export interface NamedHost {
  readonly host: string;
  readonly port: number | undefined;
  readonly scheme: string | undefined;
}

/** `jdbc:postgresql://user:pw@db:5432/x` → db, 5432, postgresql. */
const URL = /\b([a-z][a-z0-9+.-]*):\/\/(?:[^\s/,]*@)?([a-z0-9][a-z0-9.-]*)(?::(\d{1,5}))?/gi;
/** `web:8080` standing alone or in a list; not part of a path, an image, a time or an address. */
const PAIR = /(?<![\w.@/:-])([a-z][-a-z0-9.]*[a-z0-9]|[a-z]):(\d{2,5})(?![\w:.-])/gi;
/** `TCP-LISTEN:8080` of socat. */
const LISTENS = /-listen$/i;
/** `web.shop.svc` and longer, without a port. */
const WHOLE =
  /(?<![\w.@/:-])([a-z0-9][-a-z0-9]*(?:\.[a-z0-9][-a-z0-9]*)+\.svc(?:\.[a-z0-9][-a-z0-9.]*)?)(?![\w/-]|\.\w|:\d)/gi;

/** The ports that schemes mean when none is written. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ws: 80, wss: 443 };

/** All hosts that a text names in a form that nothing else has: URLs, host:port pairs, names with `.svc`. */
export function hostsIn(text: string): readonly NamedHost[] {
  // Most values are short words; this keeps a large cluster quick.
  if (!text.includes(':') && !text.includes('.svc')) return [];
  const found = new Map<string, NamedHost>();
  const add = (host: string, port: number | undefined, scheme: string | undefined): void => {
    const plain = host.toLowerCase().replace(/\.$/, '');
    const key = `${plain}:${port ?? ''}`;
    if (!found.has(key)) found.set(key, { host: plain, port, scheme });
  };
  let rest = text;
  if (text.includes('://')) {
    for (const [, scheme = '', host = '', port] of text.matchAll(URL)) {
      const plain = scheme.toLowerCase();
      add(host, port === undefined ? DEFAULT_PORTS[plain] : Number(port), plain);
    }
    rest = text.replace(URL, ' ');
  }
  if (/:\d/.test(rest)) {
    for (const [, host = '', port = ''] of rest.matchAll(PAIR))
      if (!LISTENS.test(host)) add(host, Number(port), undefined);
  }
  if (rest.includes('.svc')) for (const [, host = ''] of rest.matchAll(WHOLE)) add(host, undefined, undefined);
  return [...found.values()];
}

/**
 * Pairs of variables such as WEB_HOST=web and WEB_PORT=8080. The name before HOST must be the same; a bare host variable
 * names a host only when its value can be one.
 */
export function hostVariables(
  values: ReadonlyMap<string, string>,
): readonly (NamedHost & { readonly variable: string })[] {
  const found: (NamedHost & { variable: string })[] = [];
  for (const [variable, value] of values) {
    const stem = /^(.*?)_?HOST(?:NAME)?$/i.exec(variable)?.[1];
    if (stem === undefined || !/^[a-z]([-a-z0-9.]*[a-z0-9])?$/.test(value)) continue;
    const port = values.get(`${stem}_PORT`) ?? values.get(`${stem}PORT`) ?? '';
    if (/^\d{1,5}$/.test(port)) found.push({ host: value, port: Number(port), scheme: undefined, variable });
  }
  return found;
}

const FOR_A_HOST = /(?:HOST(?:NAME)?|SERVER|SERVICE|ADDR(?:ESS)?|ENDPOINT|BROKER)$/i;

/** Values such as DB_HOST=db, without any port: a host only where a Service of that name is there. */
export function bareHosts(values: ReadonlyMap<string, string>): readonly NamedHost[] {
  return [...values].flatMap(([variable, host]) =>
    FOR_A_HOST.test(variable) && /^[a-z]([-a-z0-9.]*[a-z0-9])?$/.test(host)
      ? [{ host, port: undefined, scheme: undefined }]
      : [],
  );
}

/**
 * The Service of the own namespace that a host names. `db.example.com` is no name of the cluster, and `db.shop` may be one
 * of another namespace, of which less is known.
 */
export function ownName(own: string, host: string): string | undefined {
  const [name = '', namespace = own, suffix] = host.split('.');
  return namespace === own && (suffix === undefined || suffix === 'svc') ? name : undefined;
}
