/**
 * Who vouches for a package: where the index is not signed the package has to be.
 *
 * @module
 */
import type { CachedImage } from "./image_cache.ts";
import type { Pin, ProvisionOptions } from "./kernel.ts";
import type { Parcel } from "./package_source.ts";
import { checkRpm } from "./rpm_signature.ts";
import { sites } from "./sites.ts";

/** The look at the package's signature, where there is no other of it; nothing where its index was signed. */
export function vouching(
  { archive, name }: Pin,
  { keyrings, signal }: Pick<ProvisionOptions, "keyrings" | "signal">,
): Pick<Parcel, "vouch"> {
  const { authority, past = false } = sites[archive.site];
  if (authority.signsIndex) return {};
  const trust = { authority, keyrings, past };
  return { vouch: (path) => checkRpm(path, name, trust, signal) };
}

/** Why nobody has checked whose package it is, neither by its index nor by itself. */
export function doubtOf(
  { unchecked }: Pin,
  image: CachedImage,
): string | undefined {
  return unchecked ?? image.unchecked;
}
