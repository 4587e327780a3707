import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { load } from 'js-yaml';

/** Any Kubernetes object, as far as this folder needs to know it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  // biome-ignore lint/suspicious/noExplicitAny: specs and statuses of all kinds pass through here
  readonly [field: string]: any;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface KubeconfigFile {
  readonly 'current-context': string;
  readonly clusters: readonly { name: string; cluster: Record<string, string> }[];
  readonly contexts: readonly { name: string; context: { cluster: string; user: string } }[];
  readonly users: readonly { name: string; user: Record<string, string> }[];
}

interface ResourceName {
  readonly plural: string;
  readonly namespaced: boolean;
}

/**
 * A client for the API server with just what a test bed needs. The plugins have
 * their own; sharing it would hide its faults from the tests.
 */
export class KubeApi {
  readonly #server: URL;
  readonly #agent: Agent;
  readonly #headers: Record<string, string>;
  readonly #resources = new Map<string, Promise<ReadonlyMap<string, ResourceName>>>();

  constructor(kubeconfig: string, { sockets = 8 } = {}) {
    const config = load(readFileSync(kubeconfig, 'utf8')) as KubeconfigFile;
    const context = config.contexts.find(({ name }) => name === config['current-context'])?.context;
    const cluster = config.clusters.find(({ name }) => name === context?.cluster)?.cluster ?? {};
    const user = config.users.find(({ name }) => name === context?.user)?.user ?? {};
    const material = (from: Record<string, string>, name: string): Buffer | undefined => {
      const inline = from[`${name}-data`];
      const file = from[name];
      return inline === undefined
        ? file === undefined
          ? undefined
          : readFileSync(file)
        : Buffer.from(inline, 'base64');
    };
    this.#server = new URL(cluster.server ?? 'https://127.0.0.1');
    const [ca, cert, key] = [
      material(cluster, 'certificate-authority'),
      material(user, 'client-certificate'),
      material(user, 'client-key'),
    ];
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: sockets,
      ...(ca && { ca }),
      ...(cert && key && { cert, key }),
    });
    this.#headers = user.token === undefined ? {} : { authorization: `Bearer ${user.token}` };
  }

  /** One request; an answer of 400 or more is an `ApiError` with the server's words. */
  async send(
    method: string,
    path: string,
    body?: unknown,
    { type = 'application/json', timeoutMs = 30_000 } = {},
  ): Promise<string> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    return await new Promise<string>((resolve, reject) => {
      const call = request(
        new URL(path, this.#server),
        {
          method,
          agent: this.#agent,
          timeout: timeoutMs,
          headers: {
            ...this.#headers,
            accept: 'application/json',
            ...(payload === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(payload) }),
          },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            const status = answer.statusCode ?? 0;
            if (status >= 400) {
              reject(new ApiError(status, `${method} ${path}: ${status} ${messageIn(text)}`));
            } else {
              resolve(text);
            }
          });
        },
      );
      call.on('timeout', () => call.destroy(new Error(`${method} ${path}: no answer in ${timeoutMs / 1000} s`)));
      call.on('error', reject);
      call.end(payload);
    });
  }

  async json<Body = KubeObject>(method: string, path: string, body?: unknown, type?: string): Promise<Body> {
    return JSON.parse(await this.send(method, path, body, type === undefined ? {} : { type })) as Body;
  }

  async list(path: string): Promise<readonly KubeObject[]> {
    return (await this.json<{ items: readonly KubeObject[] }>('GET', path)).items;
  }

  /** The object at a path, or nothing when there is none. */
  async find(path: string): Promise<KubeObject | undefined> {
    try {
      return await this.json('GET', path);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) {
        return undefined;
      }
      throw error;
    }
  }

  /** Path of an object, found with the server's own list of resources. */
  async pathOf(object: KubeObject): Promise<string> {
    const { plural, namespaced } = await this.#resourceOf(object.apiVersion, object.kind);
    const base = groupPath(object.apiVersion);
    const namespace = namespaced ? `/namespaces/${object.metadata.namespace ?? 'default'}` : '';
    return `${base}${namespace}/${plural}/${object.metadata.name}`;
  }

  /** Server-side apply: creates or changes, and does nothing when all is as wanted. */
  async apply(object: KubeObject): Promise<KubeObject> {
    const path = `${await this.pathOf(object)}?fieldManager=kubectl-net-cluster&force=true`;
    return await this.json('PATCH', path, object, 'application/apply-patch+yaml');
  }

  async patch(path: string, change: unknown): Promise<KubeObject> {
    return await this.json('PATCH', path, change, 'application/merge-patch+json');
  }

  /** Deletes an object; one that is gone already is as good. */
  async remove(path: string, options: object = {}): Promise<void> {
    try {
      await this.send('DELETE', path, { kind: 'DeleteOptions', apiVersion: 'v1', ...options });
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) {
        throw error;
      }
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #resourceOf(apiVersion: string, kind: string): Promise<ResourceName> {
    const known = this.#resources.get(apiVersion) ?? this.#discover(apiVersion);
    this.#resources.set(apiVersion, known);
    try {
      const found = (await known).get(kind);
      if (found !== undefined) {
        return found;
      }
    } catch (error) {
      this.#resources.delete(apiVersion);
      throw error;
    }
    // A definition may have arrived since.
    this.#resources.delete(apiVersion);
    throw new Error(`the server knows no ${kind} in ${apiVersion}`);
  }

  async #discover(apiVersion: string): Promise<ReadonlyMap<string, ResourceName>> {
    interface Resource {
      readonly name: string;
      readonly kind: string;
      readonly namespaced: boolean;
    }
    const { resources } = await this.json<{ resources: readonly Resource[] }>('GET', groupPath(apiVersion));
    return new Map(
      resources
        .filter(({ name }) => !name.includes('/'))
        .map(({ name, kind, namespaced }) => [kind, { plural: name, namespaced }]),
    );
  }
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function messageIn(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text.slice(0, 300);
  }
}
