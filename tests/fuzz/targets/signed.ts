/**
 * Signed indexes: what was changed is refused, or the change is outside of what
 * is signed and does not come out.
 *
 * @module
 */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Unavailable } from "../../../kernels/kernel.ts";
import { type Signed, signedText } from "../../../kernels/signature.ts";
import { sites } from "../../../kernels/sites.ts";
import { declared, isOneOf, type Target, text } from "../target.ts";

const seeds = new URL("../seeds/signed/", import.meta.url);

/** What the seed says, as who signed it wrote it. */
const original = Deno.readTextFileSync(new URL("../signed.txt", seeds));

const keyring = fileURLToPath(new URL("../signed.gpg", seeds));

/** kernels/signature.ts, by gpgv. */
export const signed: Target = {
  name: "signed",
  words: [
    ...[
      "-----BEGIN PGP SIGNED MESSAGE-----\n",
      "-----BEGIN PGP SIGNATURE-----",
    ],
    ...["Hash: SHA512\n", "\n\n", "SHA256:\n", "- ", "\r\n"],
  ],
  async run(bytes): Promise<void> {
    const had = await declared<Signed>(
      isOneOf(Unavailable),
      () =>
        signedText({ name: "it", bytes }, {
          ...{ authority: sites.debian.authority, keyrings: [keyring] },
          past: false,
        }),
    );
    // Without gpgv nobody looks, and says so.
    if (had === undefined || had.unchecked !== undefined) return;
    assert.equal(had.text, original, text(bytes));
  },
};
