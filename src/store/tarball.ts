import { Header } from "tar/header";
import { Pax } from "tar/pax";

/** Headers and files in a tar start at multiples of so many bytes. */
export const TAR_BLOCK = 512;

/** The header of a file in a tar: the same on every machine, with no owner and no time. */
export function tarHeader(path: string, size: number): Buffer {
  const header = new Header({ path, size, mode: 0o644, type: "File", uid: 0, gid: 0, mtime: new Date(0) });
  // A sha512 name is longer than a header's own field.
  const extended = header.encode() ? new Pax({ path, size }).encode() : Buffer.alloc(0);
  return Buffer.concat([extended, header.block ?? Buffer.alloc(0)]);
}

/** What follows a file of `size` bytes, up to the next block. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK);
}

/** A whole file in a tar. */
export function tarEntry(path: string, bytes: Buffer): readonly Buffer[] {
  return [tarHeader(path, bytes.length), bytes, tarPadding(bytes.length)];
}

/** Two empty blocks end a tar: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * TAR_BLOCK);
}
