/**
 * Who signs an archive: keys by their fingerprints, and where a machine has them.
 *
 * The fingerprints were read from the keyring packages: Debian's
 * debian-archive-keyring 2023.3+deb12u2, Ubuntu's ubuntu-keyring, and
 * distribution-gpg-keys for AlmaLinux and Fedora.
 *
 * @module
 */

/** A distribution, as far as it vouches for packages. */
export interface Authority {
  readonly name: string;
  /** The package that has its keys. */
  readonly package: string;
  /** Paths of files of keys; those that are there are taken. */
  readonly keyrings: readonly string[];
  /** Of the keys that sign now. */
  readonly fingerprints: readonly string[];
  /** Of those that signed what is past. */
  readonly past?: readonly string[];
  /** Files of keys that its site has, by their paths; archives for apt have the package. */
  readonly offered?: readonly string[];
  /** Whether it signs its indexes; Fedora signs packages only. */
  readonly signsIndex: boolean;
}

const keyrings = "/usr/share/keyrings";
/** Since trixie Debian's files are called .pgp, and .gpg is a link that may go. */
const endings = ["gpg", "pgp"];

/** The places of rpm's keys: on Debian and Fedora in a package of all, on their own systems by themselves. */
function rpmKeys(folder: string, ...names: string[]): string[] {
  return ["/usr/share/distribution-gpg-keys/" + folder, "/etc/pki/rpm-gpg"]
    .flatMap((place) => names.map((name) => `${place}/RPM-GPG-KEY-${name}`));
}

/** Debian, by its archive's and its security archive's automatic keys and its release keys. */
export const debian: Authority = {
  name: "Debian",
  package: "debian-archive-keyring",
  keyrings: ["archive-keyring", "archive-removed-keys"].flatMap((name) =>
    endings.map((ending) => `${keyrings}/debian-${name}.${ending}`)
  ),
  fingerprints: [
    "1F89983E0081FDE018F3CC9673A4F27B8DD47936", // 11, bullseye
    "AC530D520F2F3269F5E98313A48449044AAD5C5D",
    "A4285295FC7B1A81600062A9605C66F00D6C9793",
    "B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8", // 12, bookworm
    "05AB90340C0C5E797F44A8C8254CF3B5AEC0A8F0",
    "4D64FEC119C2029067D6E791F8D2585B8783D481",
    "04B54C3CDCA79751B16BC6B5225629DF75B188BD", // 13, trixie
    "5E04A1E3223A19A20706E20F9904613D4CCE68C6",
    "41587F7DB8C774BCCF131416762F67A0B2C39DE4",
  ],
  past: [
    "126C0D24BD8A2942CC7DF8AC7638D0442B90D010", // 8, jessie
    "D21169141CECD440F2EB8DDA9D6D8F6BC857C906",
    "067E3C456BAE240ACEE88F6FEF0F382A1A7B6500", // 9, stretch
    "E1CF20DDFFE4B89E802658F1E0B11894F66AEC98",
    "6ED6F5CB5FA6FB2F460AE88EEDA0D2388AE22BA9",
    "6D33866EDD8FFA41C0143AEDDCC9EFBF77E11517", // 10, buster
    "80D15823B7FD1561F9F7BCDDDC30D7C23CBBABEE",
    "5E61B217265DA9807A23C5FF4DFAB270CAA96DFA",
  ],
  signsIndex: true,
};

/** Ubuntu, by its archive's automatic keys of 2012 and 2018. */
export const ubuntu: Authority = {
  name: "Ubuntu",
  package: "ubuntu-keyring",
  keyrings: ["archive-keyring", "archive-removed-keys"].map((name) =>
    `${keyrings}/ubuntu-${name}.gpg`
  ),
  fingerprints: [
    "790BC7277767219C42C86F933B4FE6ACC0B21F32",
    "F6ECB3762474EDA9D21B7022871920D1991BC93C",
  ],
  signsIndex: true,
};

/** AlmaLinux, by the keys of 8 (2021, 2023) and 9. */
export const alma: Authority = {
  name: "AlmaLinux",
  package: "distribution-gpg-keys",
  keyrings: rpmKeys("alma", "AlmaLinux", "AlmaLinux-8", "AlmaLinux-9"),
  fingerprints: [
    "5E9B8F5617B5066CE92057C3488FCF7C3ABB34F8",
    "BC5EDDCADF502C077F1582882AE81E8ACED7258B",
    "BF18AC2876178908D6E71267D36CB86CB86B3716",
  ],
  offered: ["RPM-GPG-KEY-AlmaLinux-8", "RPM-GPG-KEY-AlmaLinux-9"],
  signsIndex: true,
};

/** Fedora, by the key of 42. */
export const fedora: Authority = {
  name: "Fedora",
  package: "distribution-gpg-keys",
  keyrings: rpmKeys("fedora", "fedora-42-primary", "fedora-42-x86_64"),
  fingerprints: ["B0F4950458F69E1150C6C5EDC8AC4916105EF944"],
  signsIndex: false,
};
