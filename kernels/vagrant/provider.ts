/**
 * Which of Vagrant's providers makes the machines, and how fast they are.
 *
 * @module
 */
import type { Accel } from "../qemu.ts";
import { findExecutable } from "../executable.ts";
import { runVagrant } from "./vagrant.ts";

/** A provider that the Vagrantfile has settings for. */
export type Provider = "libvirt" | "virtualbox";

/**
 * The provider that VAGRANT_DEFAULT_PROVIDER names, else libvirt where its plugin is installed,
 * else VirtualBox where that is.
 *
 * @throws {Error} when there is none, or Vagrant itself is missing or does not start.
 */
export async function chooseProvider(): Promise<Provider> {
  const named = Deno.env.get("VAGRANT_DEFAULT_PROVIDER") ?? "";
  if (named === "libvirt" || named === "virtualbox") return named;
  if (named !== "") {
    throw new Error(
      `Cannot use the provider ${named} of VAGRANT_DEFAULT_PROVIDER: the Vagrantfile knows libvirt and virtualbox`,
    );
  }
  const { success, stdout, complaint } = await runVagrant(["plugin", "list"]);
  if (!success) throw new Error(`Vagrant does not start: ${complaint}`);
  if (/^vagrant-libvirt\b/m.test(stdout)) return "libvirt";
  if (findExecutable("VBoxManage")) return "virtualbox";
  throw new Error(
    "Vagrant has nothing to make machines with: install its plugin for libvirt " +
      "(on Debian: apt-get install vagrant-libvirt libvirt-daemon-system), or VirtualBox",
  );
}

/** What the Vagrantfile is told about the machines. */
export function settings(
  { cpus, memoryMiB, accel, console }: {
    readonly cpus: number;
    readonly memoryMiB: number;
    readonly accel: Accel | null;
    /** Path of the file that gets what the kernel says; libvirt only. */
    readonly console: string;
  },
): Record<string, string> {
  return {
    RINGSIDE_CPUS: `${cpus}`,
    RINGSIDE_MEMORY: `${memoryMiB}`,
    RINGSIDE_ACCEL: accel ?? "",
    RINGSIDE_CONSOLE: console,
  };
}
