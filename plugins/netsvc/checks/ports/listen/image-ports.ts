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
};

/**
 * The ports of an official image that runs as it comes: no command, no arguments, no environment. Undefined for every
 * other image, and for one that may be configured.
 */
export function portsOfImage(container: Container): readonly number[] | undefined {
  const { image = '', command, args, env, envFrom } = container;
  if ([command, args, env, envFrom].some((list) => (list ?? []).length > 0)) return undefined;
  const name = image
    .replace(/@.*$/, '')
    .replace(/:[\w.-]+$/, '')
    .replace(/^(docker\.io\/|index\.docker\.io\/)/, '');
  return IMAGES[name.replace(/^library\//, '')];
}
