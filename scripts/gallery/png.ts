import { crc32, deflateSync, inflateSync } from "node:zlib";

/** A picture of 8 bits a channel, four channels a pixel. */
type Pixels = { readonly width: number; readonly height: number; readonly rgba: Buffer };

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS = 256;

/**
 * A picture in PNG without the rows at its end that are as its last pixel, but for `margin` of
 * them, and with at most 256 colours.
 */
export function trimmed(png: Buffer, margin: number): Buffer {
  const { width, height, rgba } = decode(png);
  const empty = rgba.readUInt32BE(rgba.length - 4);
  let end = height;
  const isEmpty = (row: number): boolean => {
    for (let at = 0; at < width; at++) {
      if (rgba.readUInt32BE((row * width + at) * 4) !== empty) return false;
    }
    return true;
  };
  while (end > 0 && isEmpty(end - 1)) end--;
  const rows = Math.min(height, end + margin);
  return encode({ width, height: rows, rgba: rgba.subarray(0, rows * width * 4) });
}

/** https://www.w3.org/TR/png-3/: only the form that a browser writes. */
function decode(png: Buffer): Pixels {
  const data: Buffer[] = [];
  let header: Buffer = Buffer.alloc(13);
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") header = body;
    if (type === "IDAT") data.push(body);
    at += length + 12;
  }
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const channels = header[9] === 6 ? 4 : 3;
  if (header[8] !== 8 || (header[9] !== 6 && header[9] !== 2) || header[12] !== 0) {
    throw new Error("expected a PNG of 8 bits a channel in RGB or RGBA, not interlaced");
  }
  const raw = inflateSync(Buffer.concat(data));
  const rgba = Buffer.alloc(width * height * 4, 0xff);
  const size = width * channels;
  let above: Buffer = Buffer.alloc(size);
  for (let row = 0; row < height; row++) {
    const start = row * (size + 1);
    const line = unfiltered(
      raw[start] ?? 0,
      raw.subarray(start + 1, start + 1 + size),
      above,
      channels,
    );
    for (let at = 0; at < width; at++) {
      line.copy(rgba, (row * width + at) * 4, at * channels, (at + 1) * channels);
    }
    above = line;
  }
  return { width, height, rgba };
}

/** A row as it was before its filter: https://www.w3.org/TR/png-3/#9Filters */
function unfiltered(filter: number, line: Buffer, above: Buffer, channels: number): Buffer {
  const row = Buffer.from(line);
  for (let at = 0; at < row.length; at++) {
    const left = at < channels ? 0 : (row[at - channels] ?? 0);
    const up = above[at] ?? 0;
    let predicted = 0;
    if (filter === 1) predicted = left;
    else if (filter === 2) predicted = up;
    else if (filter === 3) predicted = (left + up) >> 1;
    else if (filter === 4)
      predicted = paeth(left, up, at < channels ? 0 : (above[at - channels] ?? 0));
    row[at] = ((row[at] ?? 0) + predicted) & 0xff;
  }
  return row;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp] = [Math.abs(guess - left), Math.abs(guess - up)];
  const toCorner = Math.abs(guess - corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

function encode({ width, height, rgba }: Pixels): Buffer {
  const { palette, indices } = indexed(rgba);
  const raw = Buffer.alloc((width + 1) * height);
  for (let row = 0; row < height; row++) {
    raw.set(indices.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", palette),
    chunk("IDAT", deflateSync(raw, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

type Indexed = { readonly palette: Buffer; readonly indices: Uint8Array };

/** The pixels as places in a palette, with as many bits a channel as fit into 256 colours. */
function indexed(rgba: Buffer): Indexed {
  for (let lost = 0; ; lost++) {
    const colours = new Map<number, number>();
    const seen: number[] = [];
    const indices = new Uint8Array(rgba.length / 4);
    for (let at = 0; at < indices.length; at++) {
      const colour = rgba.readUIntBE(at * 4, 3);
      const rough = lost === 0 ? colour : rounded(colour, lost);
      const index = colours.get(rough) ?? colours.size;
      if (index === colours.size) {
        colours.set(rough, index);
        // The first colour of a group stands for it: text and background are exact.
        seen.push(colour);
      }
      if (colours.size > COLOURS) break;
      indices[at] = index;
    }
    if (colours.size > COLOURS) continue;
    const palette = Buffer.alloc(seen.length * 3);
    seen.forEach((colour, at) => {
      palette.writeUIntBE(colour, at * 3, 3);
    });
    return { palette, indices };
  }
}

function rounded(colour: number, bits: number): number {
  const mask = (0xff << bits) & 0xff;
  return colour & ((mask << 16) | (mask << 8) | mask);
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), body]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
