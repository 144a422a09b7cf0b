/**
 * Rpms and archives of them as createrepo_c makes them: for tests that fetch kernels.
 *
 * @module
 */
import type { Archive, Data } from "./kernels_archive.ts";
import { concat, digest, pipe } from "./kernels_archive.ts";

/** One value of a header: its tag, its type by rpm's format, its bytes. */
type Tag = readonly [tag: number, type: number, count: number, bytes: Data];

const encoder = new TextEncoder();
const string = (tag: number, text: string): Tag => [
  tag,
  6,
  1,
  encoder.encode(`${text}\0`),
];

function header(tags: readonly Tag[]): Data {
  const size = tags.reduce((sum, [, , , bytes]) => sum + bytes.length, 0);
  const head = new Uint8Array(16 + tags.length * 16);
  const view = new DataView(head.buffer);
  view.setUint32(0, 0x8eade801);
  view.setUint32(8, tags.length);
  view.setUint32(12, size);
  let offset = 0;
  tags.forEach(([tag, type, count, bytes], i) => {
    [tag, type, offset, count].forEach((word, at) =>
      view.setUint32(16 + i * 16 + at * 4, word)
    );
    offset += bytes.length;
  });
  return concat(head, ...tags.map(([, , , bytes]) => bytes));
}

/** A cpio archive of these files, by cpio(1). */
async function cpio(files: Record<string, Data>): Promise<Data> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, bytes] of Object.entries(files)) {
      const path = `${folder}/${name}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), {
        recursive: true,
      });
      await Deno.writeFile(path, bytes);
      // Packed again a second later it is to be the same.
      await Deno.utime(path, 0, 0);
    }
    const script = 'cd "$0" && cpio --quiet --reproducible -o -H newc';
    return await pipe(
      "sh",
      ["-c", script, folder],
      Object.keys(files).join("\n"),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What an rpm may have beside its files. */
export interface RpmOptions {
  readonly compressor?: "xz" | "zstd" | "gzip";
  /** Signs the header. */
  readonly sign?: (header: Data) => Promise<Data>;
}

/** An rpm that holds `files`. */
export async function rpm(
  files: Record<string, Data>,
  { compressor = "xz", sign }: RpmOptions = {},
): Promise<Data> {
  const payload = await pipe(compressor, ["-c"], await cpio(files));
  const lead = new Uint8Array(96);
  lead.set([0xed, 0xab, 0xee, 0xdb, 3]);
  const main = header([
    string(1125, compressor),
    string(5092, digest(payload)),
    [5093, 4, 1, new Uint8Array([0, 0, 0, 8])],
  ]);
  const signature = await sign?.(main);
  const signatures = header([
    string(273, digest(main)),
    ...(signature ? [[268, 7, signature.length, signature] as const] : []),
  ]);
  const padding = new Uint8Array((8 - signatures.length % 8) % 8);
  return concat(lead, signatures, padding, main, payload);
}

/** A package to publish. */
export interface RpmEntry {
  /** Such as `4.18.0`. */
  readonly version: string;
  /** Such as `553.el8_10`. */
  readonly release: string;
  readonly rpm: Data;
  /** Where it is said to be; in `Packages` where nothing is said. */
  readonly href?: string;
}

/** The path of a package below its repository. */
export function rpmPath({ version, release }: RpmEntry): string {
  return `Packages/kernel-core-${version}-${release}.x86_64.rpm`;
}

function element(entry: RpmEntry): string {
  const { version, release, rpm, href = rpmPath(entry) } = entry;
  return `<package type="rpm">
  <name>kernel-core</name>
  <arch>x86_64</arch>
  <version epoch="0" ver="${version}" rel="${release}"/>
  <checksum type="sha256" pkgid="YES">${digest(rpm)}</checksum>
  <summary>The Linux kernel &amp; its like</summary>
  <size package="${rpm.length}" installed="1" archive="1"/>
  <location href="${href}"/>
  <format><rpm:license>GPLv2</rpm:license></format>
</package>`;
}

const other = `<package type="rpm"><name>hello</name><arch>x86_64</arch>
<version epoch="0" ver="1" rel="1"/></package>`;

/** Puts the packages into the repository `suite` of an archive and writes its metadata. */
export async function publishRpms(
  archive: Archive,
  suite: string,
  entries: readonly RpmEntry[],
): Promise<void> {
  for (const entry of entries) {
    archive.files.set(`${suite}/${rpmPath(entry)}`, entry.rpm);
  }
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<metadata xmlns="http://linux.duke.edu/metadata/common"
  xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="${entries.length}">
${[other, ...entries.map(element)].join("\n")}
</metadata>`;
  const list = await pipe("gzip", ["-c"], xml);
  const path = `repodata/${digest(list)}-primary.xml.gz`;
  archive.files.set(`${suite}/${path}`, list);
  await signRepomd(
    archive,
    suite,
    `<?xml version="1.0" encoding="UTF-8"?>
<repomd xmlns="http://linux.duke.edu/metadata/repo">
  <revision>1700000000</revision>
  <data type="filelists"><location href="repodata/x-filelists.xml.gz"/></data>
  <data type="primary">
    <checksum type="sha256">${digest(list)}</checksum>
    <open-checksum type="sha256">${digest(encoder.encode(xml))}</open-checksum>
    <location href="${path}"/>
    <size>${list.length}</size>
  </data>
</repomd>`,
  );
}

/** Serves `text` as the repository's index, with a signature beside it. */
export async function signRepomd(
  { files, key }: Archive,
  suite: string,
  text: string,
): Promise<void> {
  const bytes = encoder.encode(text);
  files.set(`${suite}/repodata/repomd.xml`, bytes);
  const signature = await key?.signBeside(bytes) ?? new Uint8Array();
  files.set(`${suite}/repodata/repomd.xml.asc`, signature);
}
