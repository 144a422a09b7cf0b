/**
 * Packs what is brought into a machine that has a distribution of its own: the same as a guest of
 * QEMU is given, as a tar archive, and the script that starts it.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { FileDigests, sha256 } from "../digest.ts";
import { output } from "../executable.ts";
import { keptArchive } from "../kept_archive.ts";
import type { Program } from "../machine.ts";
import type { Accel } from "../qemu.ts";
import { type GuestFiles, type Payload, payloadOf } from "../payload.ts";
import { openTemporary } from "../temporary.ts";
import { ownUserland } from "../userland.ts";

/** Where the archive is unpacked: a folder that every system has, hidden only from everybody else. */
const ROOT = "/mnt";

/**
 * What a program expects to find; what a kernel lacks is missed by the program, which says so. The
 * same as kernels/init.c mounts.
 */
const mounts = [
  ["proc", "proc"],
  ["sysfs", "sys"],
  ["devtmpfs", "dev"],
  ["tmpfs", "tmp", "mode=1777"],
  ["debugfs", "sys/kernel/debug"],
  ["tracefs", "sys/kernel/tracing"],
  ["securityfs", "sys/kernel/security"],
  ["bpf", "sys/fs/bpf"],
  ["cgroup2", "sys/fs/cgroup"],
  ["tmpfs", "dev/shm", "mode=1777"],
] as const;

/**
 * The command that takes the archive from its stdin and runs the program, as root. All of it lives
 * in memory and in mounts that nobody else sees and that go with the last process: nothing stays
 * behind, however it ends.
 */
export function unpackAndRun(nonce: string, accel: Accel | null): string {
  const steps = [
    `mount -t tmpfs -o mode=755,size=80% ringside ${ROOT}`,
    `tar -xf - -C ${ROOT}`,
    `exec sh ${ROOT}/ringside/start ${nonce} ${accel ?? "unknown"}`,
  ];
  return `sudo unshare --mount sh -c '${steps.join(" && ")}'`;
}

/**
 * The path of the archive for `program`, below `cache` and named by its contents.
 *
 * @throws {Error} when a file, a library or a tool is missing on this machine, naming it.
 */
export async function packFreight(
  program: Program,
  cache: string,
): Promise<string> {
  await using digests = await FileDigests.open(`${cache}/digests.json`);
  const userland = await ownUserland(program);
  const payload = await payloadOf(program, userland, "arguments");
  const start = new TextEncoder().encode(startScript(payload));
  const files = { ...payload.base, ...payload.own, "/ringside/start": start };
  const path = join(cache, "vagrant", `${await keyOf(files, digests)}.tar`);
  return await keptArchive(path, cache, (part) => archive(files, part));
}

/**
 * Runs in the machine's own shell, outside of the new root. Between its first and its last line
 * all of stdout is the program's; the last says how it ended, as a shell says it: 128 + N for
 * signal N. Then the kernel's last words follow on stderr.
 */
function startScript({ argv, environ }: Payload): string {
  const mount = mounts.map(([type, at, options = "defaults"]) =>
    `mkdir -p ${at}; mount -t ${type} -o ${options} ${type} ${at}`
  );
  return [
    `cd ${ROOT} || exit`,
    ...mount.map((line) => `{ ${line}; } 2>/dev/null`),
    "enter=$(command -v chroot) || exit",
    'echo "RS $1 up"',
    // The box's kernel has a command line of its own: what ours would say is said here.
    `env -i ${
      environ.map(quoted).join(" ")
    } RINGSIDE_ACCEL="$2" "$enter" ${ROOT} ${
      argv.map(quoted).join(" ")
    } </dev/null`,
    'echo "RS $1 exit $?"',
    "dmesg | tail -n 40 >&2",
    "",
  ].join("\n");
}

/** One word for a shell. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Names, who may run them, and contents. */
async function keyOf(
  files: GuestFiles,
  digests: FileDigests,
): Promise<string> {
  const rows = await Promise.all(
    Object.entries(files).map(async ([name, content]) => {
      if (typeof content !== "string") return [name, await sha256(content)];
      const { mode } = await Deno.stat(content).catch((error) => {
        throw new Error(`Cannot take ${content} along: ${error.message}`);
      });
      return [name, (mode ?? 0) & 0o777, await digests.of(content)];
    }),
  );
  return await sha256(JSON.stringify(rows));
}

/** By tar(1), out of a folder of links: it writes what they lead to. */
async function archive(files: GuestFiles, path: string): Promise<void> {
  await using temporary = await openTemporary();
  const root = join(temporary.path, "root");
  await Deno.mkdir(root);
  for (const [name, content] of Object.entries(files)) {
    const at = join(root, name);
    await Deno.mkdir(dirname(at), { recursive: true });
    if (typeof content === "string") await Deno.symlink(content, at);
    else await Deno.writeFile(at, content);
  }
  const { success, stderr } = await output("tar", [
    ...["-chf", path, "-C", root],
    ...["--owner=0", "--group=0", "."],
  ]);
  if (!success) throw new Error(`Cannot pack the freight: ${stderr}`);
}
