/**
 * An image or a package at an address, known by its sha256.
 *
 * @module
 */
import type { UrlSource } from "./kernel.ts";
import { haveParcel, imagesOf, type Parcel } from "./package_source.ts";
import type { Supplier } from "./supplier.ts";
import { UsageError } from "./usage_error.ts";

/** A kernel's package has 20 to 150 MB; one with debug symbols is none to boot. */
const maxSize = 1 << 30;

/** Reads `https://host/path#sha256=HEX`. Throws {@link UsageError}. */
export function parseUrlSource(text: string): UrlSource {
  const [url = "", sum = ""] = text.split("#sha256=");
  if (!/^[0-9a-f]{64}$/.test(sum) || !URL.canParse(url)) {
    throw new UsageError(
      `Cannot take ${url}: what is at an address is known by its checksum; give it as URL#sha256=HEX`,
    );
  }
  return { kind: "url", url, sha256: sum };
}

function parcel({ url, sha256 }: UrlSource): Parcel {
  const at = new URL(url);
  const name = at.pathname.split("/").pop() || at.host;
  const named = { sha256, namedBy: "the command line" };
  const bounds = { size: maxSize, sizeIsBound: true, mayBeImage: true };
  return { name, version: "", url: at, ...named, ...bounds };
}

/** What is at the address, once. */
export const urlSupplier: Supplier<UrlSource> = {
  have: (_, source, options) => haveParcel(parcel(source), options),
  cached: (_, { sha256 }, { cache }) => imagesOf(cache).find(sha256),
  wayOut: () => "fetch it by hand and give the file as LABEL=PATH",
};
