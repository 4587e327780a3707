import type { Container } from '../../../../../shared/model/objects-pod.ts';

/** Ports on which well-known images listen when nobody configures them otherwise (their own documentation). */
const IMAGES: Readonly<Record<string, readonly number[]>> = {
  nginx: [80],
  httpd: [80],
  caddy: [80, 443],
  'traefik/whoami': [80],
  redis: [6379],
  postgres: [5432],
  mysql: [3306],
  mariadb: [3306],
  mongo: [27_017],
  memcached: [11_211],
  tomcat: [8080],
  jetty: [8080],
  'nginxinc/nginx-unprivileged': [8080],
  'hashicorp/http-echo': [5678],
  'nginxdemos/hello': [80],
  'bitnami/nginx': [8080, 8443],
  'kennethreitz/httpbin': [80],
  'ealen/echo-server': [80],
  'gcr.io/google-samples/hello-app': [8080],
  'registry.k8s.io/echoserver': [8080],
  'grafana/grafana': [3000],
  'prom/prometheus': [9090],
  wordpress: [80],
  adminer: [8080],
  ghost: [2368],
  registry: [5000],
  influxdb: [8086],
  'jenkins/jenkins': [8080, 50_000],
};

/** Variables whose names can mean an address or options; a password or a database name moves no socket. */
const MAY_CONFIGURE = /PORT|LISTEN|ADDR|BIND|HOST|URL|OPT|ARG|CMD|CONF|SERVER|TEMPLATE/i;

/**
 * The ports of an official image that runs as it comes: no command, no arguments, nothing in the environment that could
 * set a port. Undefined for every other image, and for one that may be configured.
 */
export function portsOfImage(container: Container): readonly number[] | undefined {
  const { image = '', command, args, env, envFrom } = container;
  if ([command, args, envFrom].some((list) => (list ?? []).length > 0)) return undefined;
  if ((env ?? []).some(({ name = '' }) => MAY_CONFIGURE.test(name))) return undefined;
  const name = image
    .replace(/@.*$/, '')
    .replace(/:[\w.-]+$/, '')
    .replace(/^(docker\.io\/|index\.docker\.io\/)/, '');
  return IMAGES[name.replace(/^library\//, '')];
}
