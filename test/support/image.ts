import { gzipSync } from "node:zlib";
import { type Digest, digestOf } from "../../src/oci/digest.ts";
import * as types from "../../src/oci/media-type.ts";
import { type Platform, parsePlatform } from "../../src/oci/platform.ts";

/** Bytes, and the fields of a descriptor that points at them. */
export type Content = {
  readonly bytes: Buffer;
  readonly mediaType: string;
  readonly digest: Digest;
};

/** A document, and everything else that a registry must store for it. */
export type Made = Content & {
  readonly manifests: readonly Content[];
  readonly blobs: readonly Content[];
  readonly platform?: string;
};

/** Bytes of which no two parts are equal. */
export function variedBytes(size: number): Buffer {
  return Buffer.from(
    Uint32Array.from({ length: Math.ceil(size / 4) }, (_, at) => at * 2_654_435_761).buffer,
  ).subarray(0, size);
}

export function content(mediaType: string, value: unknown): Content {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value, undefined, 2));
  return { bytes, mediaType, digest: digestOf(bytes) };
}

export function descriptor({ mediaType, digest, bytes }: Content): Record<string, unknown> {
  return { mediaType, digest, size: bytes.length };
}

/** A layer with one file: a valid tar archive, so that engines load it. */
export function layer(
  path: string,
  body: string | Buffer,
  docker = false,
): Content & { readonly diffId: Digest } {
  const bytes = Buffer.from(body);
  const tar = Buffer.concat([
    tarHeader(path, bytes.length),
    bytes,
    Buffer.alloc((512 - (bytes.length % 512)) % 512),
    Buffer.alloc(1024),
  ]);
  const mediaType = docker
    ? "application/vnd.docker.image.rootfs.diff.tar.gzip"
    : "application/vnd.oci.image.layer.v1.tar+gzip";
  // Stored without compression and without an OS, so that every build of zlib gives the same bytes:
  // snapshots contain their digests.
  const packed = gzipSync(tar, { level: 0 });
  packed[9] = 255;
  return { ...content(mediaType, packed), diffId: digestOf(tar) };
}

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 */
function tarHeader(path: string, size: number): Buffer {
  const header = Buffer.alloc(512);
  const field = (at: number, length: number, value: number): number =>
    header.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at);
  header.write(path, 0);
  field(100, 8, 0o755);
  field(108, 8, 0);
  field(116, 8, 0);
  field(124, 12, size);
  field(136, 12, 0);
  header.write("        0", 148);
  header.write("ustar\x0000", 257);
  field(
    148,
    7,
    header.reduce((sum, byte) => sum + byte, 0),
  );
  return header;
}

export type ImageOptions = {
  /** Changes the bytes, and so every digest. */
  readonly salt?: string;
  readonly docker?: boolean;
  readonly layers?: number;
  readonly labels?: Readonly<Record<string, string>>;
  /** The platform in the config, where it differs from that of the image. */
  readonly configPlatform?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  /** A program for a layer of its own, as `/busybox`. */
  readonly busybox?: Buffer;
};

/** An image manifest for one platform, with its config and layers. */
export function image(platform: string, options: ImageOptions = {}): Made {
  const {
    salt = "",
    docker = false,
    labels = { "org.opencontainers.image.version": "1.0" },
  } = options;
  const count = options.layers ?? 2;
  const files = Array.from({ length: count }, (_, at) =>
    layer(`file${at}`, `${platform} ${salt} ${at}\n`, docker),
  );
  const layers = [
    ...(options.busybox === undefined ? [] : [layer("busybox", options.busybox, docker)]),
    ...files,
  ];
  const config = content(docker ? types.DOCKER_CONFIG : types.OCI_CONFIG, {
    ...goPlatform(parsePlatform(options.configPlatform ?? platform)),
    created: "2026-01-02T03:04:05Z",
    config: {
      Env: ["PATH=/bin"],
      Entrypoint: ["/bin/app"],
      Cmd: ["--help"],
      Labels: labels,
      User: "1000",
      WorkingDir: "/srv",
      ExposedPorts: { "8080/tcp": {} },
    },
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map((_, at) => ({
      created: "2026-01-02T03:04:05Z",
      created_by: `COPY file${at} /`,
    })),
    ...options.config,
  });
  const manifest = content(docker ? types.DOCKER_MANIFEST : types.OCI_MANIFEST, {
    schemaVersion: 2,
    mediaType: docker ? types.DOCKER_MANIFEST : types.OCI_MANIFEST,
    config: descriptor(config),
    layers: layers.map(descriptor),
  });
  return { ...manifest, platform, manifests: [], blobs: [config, ...layers] };
}

function goPlatform({ os, architecture, variant, osVersion }: Platform): Record<string, string> {
  return {
    os,
    architecture,
    ...(variant === "" ? {} : { variant }),
    ...(osVersion === "" ? {} : { "os.version": osVersion }),
  };
}

/** An index, or a Docker list, of images. Further raw entries come last. */
export function index(
  images: readonly Made[],
  options: { readonly docker?: boolean; readonly entries?: readonly unknown[] } = {},
): Made {
  const mediaType = options.docker ? types.DOCKER_LIST : types.OCI_INDEX;
  const entries = images.map((made) => ({
    ...descriptor(made),
    ...(made.platform === undefined ? {} : { platform: goPlatform(parsePlatform(made.platform)) }),
  }));
  const document = content(mediaType, {
    schemaVersion: 2,
    mediaType,
    manifests: [...entries, ...(options.entries ?? [])],
  });
  return {
    ...document,
    manifests: images.flatMap((made) => [made, ...made.manifests]),
    blobs: images.flatMap(({ blobs }) => blobs),
  };
}

/** An index with an image for every platform, and optionally BuildKit's attestations. */
export function multiPlatform(
  platforms: readonly string[],
  options: ImageOptions & { readonly attestations?: boolean } = {},
): Made {
  const images = platforms.map((platform) => image(platform, options));
  const attestations = options.attestations ? images.map(attestation) : [];
  const made = index(images, {
    docker: options.docker ?? false,
    entries: attestations.map(({ entry }) => entry),
  });
  return {
    ...made,
    manifests: [...made.manifests, ...attestations.map(({ manifest }) => manifest)],
    blobs: [...made.blobs, ...attestations.flatMap(({ blobs }) => blobs)],
  };
}

function attestation(subject: Made): {
  entry: unknown;
  manifest: Content;
  blobs: readonly Content[];
} {
  const statement = content("application/vnd.in-toto+json", {
    predicateType: "https://slsa.dev/provenance/v1",
    subject: subject.digest,
  });
  const config = content(types.OCI_CONFIG, {
    architecture: "unknown",
    os: "unknown",
    rootfs: { type: "layers", diff_ids: [statement.digest] },
  });
  const manifest = content(types.OCI_MANIFEST, {
    schemaVersion: 2,
    mediaType: types.OCI_MANIFEST,
    config: descriptor(config),
    layers: [descriptor(statement)],
  });
  const annotations = {
    "vnd.docker.reference.type": "attestation-manifest",
    "vnd.docker.reference.digest": subject.digest,
  };
  return {
    entry: {
      ...descriptor(manifest),
      platform: { os: "unknown", architecture: "unknown" },
      annotations,
    },
    manifest,
    blobs: [config, statement],
  };
}

/** A Helm chart, or an artifact of another type. */
export function artifact(
  configType = "application/vnd.cncf.helm.config.v1+json",
  artifactType?: string,
): Made {
  const config = content(configType, { name: "chart" });
  const chart = content(
    "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
    Buffer.from("a chart"),
  );
  const manifest = content(types.OCI_MANIFEST, {
    schemaVersion: 2,
    mediaType: types.OCI_MANIFEST,
    ...(artifactType === undefined ? {} : { artifactType }),
    config: descriptor(config),
    layers: [descriptor(chart)],
  });
  return { ...manifest, manifests: [], blobs: [config, chart] };
}

/**
 * A BuildKit registry cache. The older form is an index of layers, with the media types of Docker
 * or OCI; the newer form is a manifest.
 */
export function buildkitCache(form: "docker-index" | "oci-index" | "manifest"): Made {
  const docker = form === "docker-index";
  const layers = [layer("cached0", "zero", docker), layer("cached1", "one", docker)];
  const config = content(types.BUILDKIT_CACHE_CONFIG, { layers: [], records: [] });
  if (form === "manifest") {
    const manifest = content(types.OCI_MANIFEST, {
      schemaVersion: 2,
      mediaType: types.OCI_MANIFEST,
      config: descriptor(config),
      layers: layers.map(descriptor),
    });
    return { ...manifest, manifests: [], blobs: [config, ...layers] };
  }
  const mediaType = docker ? types.DOCKER_LIST : types.OCI_INDEX;
  return {
    ...content(mediaType, {
      schemaVersion: 2,
      mediaType,
      manifests: [...layers, config].map(descriptor),
    }),
    manifests: [],
    blobs: [config, ...layers],
  };
}

const PACKED_ZEROS = gzipSync(Buffer.alloc(1024 ** 2));

/** A layer of so many MiB of zeros, one gzip member for each. The salt changes its digest. */
export function zeros(mebibytes: number, salt = ""): Content {
  return content(
    "",
    Buffer.concat([gzipSync(salt), ...Array<Buffer>(mebibytes).fill(PACKED_ZEROS)]),
  );
}

/**
 * A schema 1 manifest with two layers and, between them, the given ones and an empty one. The
 * digest of a signed manifest is that of its payload.
 */
export function schema1(
  signed: boolean,
  architecture = "amd64",
  {
    between = [],
    comment = "",
  }: { readonly between?: readonly Content[]; readonly comment?: string } = {},
): Made & { readonly layers: readonly Content[] } {
  const empty = Buffer.from("H4sIAAAJbogA/2IYBaNgFIxYAAgAAP//Lq+17wAEAAA=", "base64");
  const [base, top] = [layer("base", "base"), layer("top", "top")];
  const v1 = (fields: unknown): { v1Compatibility: string } => ({
    v1Compatibility: JSON.stringify(fields),
  });
  const payload = Buffer.from(
    JSON.stringify(
      {
        schemaVersion: 1,
        name: "legacy/app",
        tag: "v1",
        architecture,
        fsLayers: [top, content("", empty), ...between, base].map(({ digest }) => ({
          blobSum: digest,
        })),
        history: [
          v1({
            id: "3",
            os: "linux",
            architecture,
            created: "2016-01-01T00:00:00Z",
            config: { Cmd: ["/bin/sh"], Labels: { a: "b" } },
            ...(comment === "" ? {} : { comment }),
            container_config: { Cmd: ["COPY"] },
          }),
          v1({
            id: "2",
            created: "2016-01-01T00:00:00Z",
            throwaway: true,
            container_config: { Cmd: ["ENV"] },
          }),
          ...between.map((_, at) => v1({ id: `between ${at}` })),
          v1({ id: "1", created: "2016-01-01T00:00:00Z", container_config: { Cmd: ["ADD"] } }),
        ],
      },
      undefined,
      3,
    ),
  );
  const bytes = signed ? sign(payload) : payload;
  const mediaType = signed ? types.SCHEMA1_SIGNED : types.SCHEMA1;
  const layers = [base, ...between.toReversed(), top];
  return {
    bytes,
    mediaType,
    digest: digestOf(payload),
    manifests: [],
    blobs: [...layers, content("", empty)],
    layers,
  };
}

/** A JSON web signature of the payload. Its signature is fake: clients only check the digest. */
function sign(payload: Buffer): Buffer {
  const formatLength = payload.lastIndexOf("\n}");
  const formatTail = payload.subarray(formatLength).toString("base64url");
  const header = Buffer.from(
    JSON.stringify({ formatLength, formatTail, time: "2016-01-01T00:00:00Z" }),
  ).toString("base64url");
  const signatures = JSON.stringify([
    { header: { alg: "ES256" }, signature: "c2ln", protected: header },
  ]);
  return Buffer.concat([
    payload.subarray(0, formatLength),
    Buffer.from(`,\n   "signatures": ${signatures}\n}`),
  ]);
}
