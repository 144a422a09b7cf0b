/**
 * What a machine says of itself.
 *
 * @module
 */
import { libbpfVersion } from "../mod.ts";
import type { Hello } from "./wire.ts";

/** The running machine. `Deno.osRelease()` was seen empty on a 5.4 guest. */
export function hello(): Hello {
  return {
    type: "hello",
    release: Deno.readTextFileSync("/proc/sys/kernel/osrelease").trim(),
    arch: Deno.build.arch,
    cpus: navigator.hardwareConcurrency,
    deno: Deno.version.deno,
    libbpf: libbpfVersion(),
  };
}
