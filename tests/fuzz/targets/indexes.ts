/**
 * Indexes of archives and what they are signed with: Packages, repomd.xml and
 * primary.xml, InRelease, OpenPGP's armour.
 *
 * @module
 */

import assert from "node:assert/strict";
import { listOf } from "../../../kernels/apt_list.ts";
import { checkRelease, parseRelease } from "../../../kernels/in_release.ts";
import { isUsable, kernelNames } from "../../../kernels/index_format.ts";
import { type Archive, Unavailable } from "../../../kernels/kernel.ts";
import { withoutArmour } from "../../../kernels/keyrings.ts";
import { packagesIn } from "../../../kernels/packages_index.ts";
import { parseRepomd, rpmPackages } from "../../../kernels/rpm_metadata.ts";
import { textOfSigned } from "../../../kernels/signature.ts";
import { chunked, declared, isOneOf, type Target, text } from "../target.ts";

const isUnavailable = isOneOf(Unavailable);

const sum = "0".repeat(64);

const packages: Target = {
  name: "packages",
  words: [
    ...["Package: linux-image-6.1.0-1-amd64\n", "\n\n", "Size: 1\n"],
    ...["Filename: pool/../x\n", `SHA256: ${sum}\n`, "Version: 1:2~3-4\n"],
  ],
  async run(input): Promise<void> {
    const found = await declared(
      isUnavailable,
      () => packagesIn(chunked(input), kernelNames),
    );
    for (const one of found ?? []) assert.ok(isUsable(one));
  },
};

const repomd: Target = {
  name: "repomd",
  words: [
    ...['<data type="primary">', '<location href="../x"/>', "<!DOCTYPE x>"],
    ...["&lt;", "&#x41;", "<![CDATA[", "]]>", `<checksum type="sha256">${sum}`],
  ],
  async run(input): Promise<void> {
    const found = await declared(
      isUnavailable,
      () => parseRepomd(text(input), "39"),
    );
    if (found === undefined) return;
    const { href: filename, size, sha256 } = found;
    const one = { name: "", version: "", filename, size, sha256 };
    assert.ok(isUsable(one));
  },
};

const primary: Target = {
  name: "primary",
  words: [
    ...['<package type="rpm">', "</package>", "<name>kernel-core</name>"],
    ...['<version epoch="0" ver="6" rel="1"/>', '<size package="1"/>'],
  ],
  async run(input): Promise<void> {
    const found = await declared(
      isUnavailable,
      () => rpmPackages(chunked(input)),
    );
    for (const one of found ?? []) assert.ok(isUsable(one));
  },
};

/** The archive that a list is looked for in. */
const archive = { site: "debian", suite: "trixie" } as Archive;

const release: Target = {
  name: "in_release",
  words: [
    ...["-----BEGIN PGP SIGNED MESSAGE-----\n", "\n\n", "SHA256:\n", "\r\n"],
    ...[
      "\n-----BEGIN PGP SIGNATURE-----",
      "Valid-Until: ",
      "Codename: trixie\n",
    ],
    ...[` ${sum} 1 main/binary-amd64/Packages.xz\n`, "- ", " ".repeat(100)],
  ],
  async run(input): Promise<void> {
    const parsed = parseRelease(textOfSigned(input));
    for (const [path, { size, sha256 }] of parsed.sums) {
      assert.match(sha256, /^[0-9a-f]{64}$/);
      assert.ok(path !== "" && size >= 0, `${path} of ${size}`);
    }
    await declared(isUnavailable, () => checkRelease(parsed, archive));
    const url = new URL("http://localhost/debian/");
    await declared(isUnavailable, () => listOf({ archive, url }, parsed.sums));
  },
};

const armour: Target = {
  name: "armour",
  words: [
    ...["-----BEGIN PGP SIGNATURE-----\n\n", "-----END PGP SIGNATURE-----\n"],
    ...[
      "=abcd\n",
      "====",
      "Version: x\n",
      "-----BEGIN PGP PUBLIC KEY BLOCK-----",
    ],
  ],
  async run(input): Promise<void> {
    await declared(isUnavailable, () => withoutArmour(input));
  },
};

/** All of them. */
export const indexes: readonly Target[] = [
  ...[packages, repomd, primary, release, armour],
];
