/**
 * The signature within an rpm: it is of the header, which has the checksum of
 * the payload. Fedora signs its packages and not its indexes.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { sliceOf } from "./bytes_at.ts";
import { Unavailable } from "./kernel.ts";
import { readRpm, type RpmHeader, textOf } from "./rpm.ts";
import { signedText, type Trust } from "./signature.ts";

/** Tags of rpm's lib/rpmtag.h. */
const tags = {
  /** OpenPGP in base64, since rpm 6. */
  openpgp: 278,
  rsa: 268,
  /** DSA, and EdDSA too. */
  dsa: 267,
  payloadDigest: 5092,
  payloadAlgorithm: 5093,
};
/** PGPHASHALGO_SHA256 of rpm's rpmpgp.h. */
const sha256 = 8;

/** The signature of the header, as OpenPGP has it. */
function signatureOf(header: RpmHeader): Uint8Array<ArrayBuffer> | undefined {
  const text = textOf(header, tags.openpgp);
  if (text !== undefined) return new Uint8Array(Buffer.from(text, "base64"));
  for (const tag of [tags.rsa, tags.dsa]) {
    const bytes = header.value(tag);
    if (bytes !== undefined) return bytes.slice(0, header.count(tag));
  }
  return undefined;
}

/** Whether the payload is the one whose checksum the header has. */
async function isPayload(
  file: Deno.FsFile,
  header: RpmHeader,
  signal?: AbortSignal,
): Promise<boolean> {
  const algorithm = header.value(tags.payloadAlgorithm);
  if (algorithm === undefined || algorithm.length < 4) return false;
  if (new DataView(algorithm.slice(0, 4).buffer).getUint32(0) !== sha256) {
    return false;
  }
  const { size } = await file.stat();
  const hash = createHash("sha256");
  for await (const chunk of sliceOf(file, header.end, size, signal)) {
    hash.update(chunk);
  }
  return hash.digest("hex") === textOf(header, tags.payloadDigest);
}

/**
 * Checks the rpm at `path`. Answers why the signature was not checked, where
 * it was not. Throws {@link Unavailable} where it is bad or there is none.
 */
export async function checkRpm(
  path: string,
  name: string,
  trust: Trust,
  signal?: AbortSignal,
): Promise<string | undefined> {
  using file = await Deno.open(path);
  const { signatures, header } = await readRpm(file).catch((error) => {
    throw new Unavailable(
      `Cannot unpack the kernel's package: ${error.message}`,
    );
  });
  const signature = signatureOf(signatures);
  if (signature === undefined) {
    throw new Unavailable(`Cannot trust ${name}: it is not signed`);
  }
  const sealed = { name, bytes: header.bytes, signature };
  const { unchecked } = await signedText(sealed, trust);
  if (await isPayload(file, header, signal)) return unchecked;
  throw new Unavailable(
    `Cannot trust ${name}: its payload is not the one that was signed`,
  );
}
