/**
 * Makes of a fresh Debian what Vagrant expects of a box: the user vagrant with the key that
 * everybody knows, who may do everything, and a network that comes up by itself.
 *
 * That key is why such a box stays on the machine that it was built on.
 *
 * @module
 */
import { join } from "node:path";
import { act, type Watch } from "./act.ts";
import { output } from "../executable.ts";
import { Unavailable } from "../kernel.ts";

const files: Readonly<Record<string, string>> = {
  "etc/hostname": "ringside-box\n",
  "etc/hosts": "127.0.0.1 localhost ringside-box\n::1 localhost\n",
  "etc/fstab": "LABEL=ringside / ext4 defaults 0 1\n",
  "etc/systemd/network/all.network":
    "[Match]\nName=eth*\n\n[Network]\nDHCP=ipv4\n\n[DHCPv4]\nClientIdentifier=mac\n",
  "etc/ssh/sshd_config.d/vagrant.conf": "UseDNS no\n",
  "etc/sudoers.d/vagrant": "vagrant ALL=(ALL) NOPASSWD: ALL\n",
};

/** What a machine of a few minutes has no use for, and what would disturb what is measured in it. */
const masked = [
  "apt-daily.timer",
  "apt-daily-upgrade.timer",
  "dpkg-db-backup.timer",
  "e2scrub_all.timer",
  "e2scrub_reap.service",
  "fstrim.timer",
  "systemd-timesyncd.service",
  "getty@tty1.service",
  "serial-getty@ttyS0.service",
];

/** Writes the settings into `root`, the folder of a Debian. */
export async function furnish(root: string, watch: Watch): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const folder = join(root, path, "..");
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(join(root, path), text);
  }
  await Deno.chmod(join(root, "etc/sudoers.d/vagrant"), 0o440);
  // The next boot gives the machine a name of its own.
  await Deno.writeTextFile(join(root, "etc/machine-id"), "");
  const within = (...words: string[]): Promise<void> =>
    act("chroot", [root, ...words], watch);
  await within("useradd", "--create-home", "--shell", "/bin/bash", "vagrant");
  const ssh = "/home/vagrant/.ssh";
  await within("install", "-d", "-m", "700", "-o", "vagrant", ssh);
  const key = join(root, ssh, "authorized_keys");
  await Deno.writeTextFile(key, await publicKey());
  await within("chown", "vagrant", `${ssh}/authorized_keys`);
  await within("systemctl", "enable", "systemd-networkd.service");
  await within("systemctl", "mask", ...masked);
  await within("apt-get", "clean");
  for await (const { name } of Deno.readDir(join(root, "var/lib/apt/lists"))) {
    await Deno.remove(join(root, "var/lib/apt/lists", name), {
      recursive: true,
    });
  }
}

/** The public half of the key that Vagrant tries first; Vagrant itself has the other. */
async function publicKey(): Promise<string> {
  const listed = await output("sh", [
    "-c",
    // Installed by a distribution's package, or by its makers'.
    "ls /usr/share/rubygems-integration/all/gems/vagrant-*/keys/vagrant.pub" +
    " /opt/vagrant/embedded/gems/*/gems/vagrant-*/keys/vagrant.pub" +
    " /opt/vagrant/embedded/gems/gems/vagrant-*/keys/vagrant.pub 2>/dev/null",
  ]);
  const [path = ""] = listed.stdout.split("\n");
  if (path !== "") return await Deno.readTextFile(path);
  throw new Unavailable(
    "The box cannot be built: Vagrant's public key is not on this machine (on Debian: apt-get install vagrant)",
  );
}
