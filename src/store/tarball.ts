import { Header } from "tar/header";
import { Pax } from "tar/pax";

/** The size of a block in bytes: headers and files in a tar start at its multiples. */
export const TAR_BLOCK = 512;

/** The header of a file in a tar. It has no owner and no time: the same on every machine. */
export function tarHeader(path: string, size: number): Buffer {
  const header = new Header({
    path,
    size,
    mode: 0o644,
    type: "File",
    uid: 0,
    gid: 0,
    mtime: new Date(0),
  });
  // A long name, such as a sha512 digest's, does not fit the header's own field.
  const extended = header.encode() ? new Pax({ path, size }).encode() : Buffer.alloc(0);
  return Buffer.concat([extended, header.block ?? Buffer.alloc(0)]);
}

/** The zeros after a file of `size` bytes, up to the next block. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK);
}

/** A file in a tar: header, bytes and padding. */
export function tarEntry(path: string, bytes: Buffer): readonly Buffer[] {
  return [tarHeader(path, bytes.length), bytes, tarPadding(bytes.length)];
}

/**
 * The end of a tar, two empty blocks:
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
 */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * TAR_BLOCK);
}
