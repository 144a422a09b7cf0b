/**
 * What differs from an earlier run, as Markdown and for a terminal: regressions
 * first.
 *
 * @module
 */
import type { Change, Difference, Kind } from "./compare.ts";
import { code, plain, table } from "./markdown.ts";
import type { Paint } from "./paper.ts";
import { hang } from "./text.ts";

/** What the kinds are called, in the order of their weight. */
export const kindNames: Readonly<Record<Kind, string>> = {
  regression: "Regressions",
  lost: "Lost: no verdict any more",
  fixed: "Fixed",
  new: "New: no verdict before",
  known: "Known: failing as before",
};

/** New cells that hold or are absent are many and need no line each. */
function isWorthALine({ kind, now }: Change): boolean {
  return kind !== "new" || now === "fails";
}

/** The changes of a kind that are told one by one, and how many there are. */
interface Group {
  readonly kind: Kind;
  readonly all: number;
  readonly told: readonly Change[];
}

function groups({ changes }: Difference): Group[] {
  return (Object.keys(kindNames) as Kind[]).flatMap((kind) => {
    const all = changes.filter((change) => change.kind === kind);
    return all.length === 0
      ? []
      : [{ kind, all: all.length, told: all.filter(isWorthALine) }];
  });
}

/** `"2 regressions, 1 fixed"`, or that nothing is worse or better. */
export function differenceLine(difference: Difference): string {
  const words = groups(difference).map(({ kind, all }) =>
    `${all} ${kind === "regression" && all > 1 ? "regressions" : kind}`
  );
  const { environment, since } = difference;
  const around = environment.length === 0
    ? []
    : [`${environment.length} changed around them`];
  const all = [...words, ...around];
  const told = all.length === 0 ? "nothing has changed" : all.join(", ");
  const moment = since.slice(0, 16).replace("T", " ");
  return `Against the run of ${moment}: ${told}`;
}

/** The difference as parts of Markdown, regressions first. */
export function differenceParts(difference: Difference): string[] {
  const { environment } = difference;
  return [
    `## ${plain(differenceLine(difference))}`,
    ...groups(difference).filter(({ told }) => told.length > 0)
      .map(({ kind, told }) =>
        [
          `### ${kindNames[kind]}`,
          "",
          ...table(["kernel", "claim", "was", "is", "why"], told.map(line)),
        ].join("\n")
      ),
    ...environment.length === 0 ? [] : [
      [
        "### Environment",
        "",
        ...table(
          ["what", "was", "is"],
          environment.map(({ what, before, now }) => [
            plain(what),
            code(before),
            code(now),
          ]),
        ),
      ].join("\n"),
    ],
  ];
}

function line({ kernel, claim, title, before, now, why }: Change): string[] {
  const name = claim === undefined ? "" : `**${claim}** `;
  return [
    plain(kernel),
    `${name}${plain(title)}`,
    before ?? "",
    now ?? "",
    code(why ?? ""),
  ];
}

/** The difference for a terminal. */
export function differenceLines(
  difference: Difference,
  width: number,
  paint: Paint,
): string[] {
  const { environment } = difference;
  return [
    ...hang("", differenceLine(difference), width).map(paint.bold),
    ...groups(difference).flatMap(({ kind, told }) =>
      told.flatMap((change) => {
        const { kernel, claim = "", before = "none", now, why = "" } = change;
        const word = kind === "regression"
          ? paint.red(paint.bold("REGRESSION"))
          : kind.padEnd(10);
        return [
          `  ${word}  ${claim.padEnd(4)} on ${kernel}: ${before} → ${now}`,
          ...kind === "regression" ? hang("    ", why, width) : [],
        ];
      })
    ),
    ...environment.flatMap(({ what, before, now }) =>
      hang("  around      ", `${what}: ${before} → ${now}`, width)
    ),
  ];
}
