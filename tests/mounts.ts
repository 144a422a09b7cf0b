/**
 * File systems of the kernel's own that a running machine may not have mounted; a guest has all.
 *
 * @module
 */
import type { Mount } from "./claim.ts";
import { Missing } from "./freight.ts";

/** How each is mounted. */
const ways: Readonly<Record<Mount, string>> = {
  tracefs: "mount -t tracefs tracefs /sys/kernel/tracing",
  bpf: "mount -t bpf bpf /sys/fs/bpf",
};

/**
 * Checks that what each of them wants is mounted.
 *
 * @param table what /proc/mounts has.
 * @throws {Missing} naming the first that is not, who wants it, and how it is mounted.
 */
export function requireMounts(
  those: readonly { readonly id: string; readonly mounted?: Mount }[],
  table: string = Deno.readTextFileSync("/proc/mounts"),
): void {
  const types = new Set(table.split("\n").map((line) => line.split(" ")[2]));
  for (const [type, way] of Object.entries(ways)) {
    const who = those.filter(({ mounted }) => mounted === type)
      .map(({ id }) => id);
    if (who.length === 0 || types.has(type)) continue;
    throw new Missing(
      `Cannot prove ${who.join(", ")} here: ${type} is not mounted; ${way}`,
    );
  }
}
