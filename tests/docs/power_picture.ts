/**
 * Why a ring's size is a power of two: where positions come to lie that are
 * masked.
 *
 * @module
 */
import { draw, labelled, words } from "./drawing.ts";

/** Bytes of a page. */
const page = 4096;

/** In which page the mask of a ring of so many pages puts each position, page by page. */
export function landings(pages: number, positions: number): number[] {
  const mask = pages * page - 1;
  return Array.from(
    { length: positions },
    (_, at) => ((at * page) & mask) / page,
  );
}

/** One ring: its positions in a row, each with the page it falls on. */
function row(pages: number, y: number): string[] {
  const [cell, begin] = [74, 20];
  const mask = (pages * page - 1).toString(2).padStart(14, "0");
  const found = landings(pages, 8);
  const unused = Array.from({ length: pages }, (_, at) => at)
    .filter((at) => !found.includes(at));
  const cells = found.flatMap((landing, at) => {
    const place = { x: begin + at * cell, y, width: cell, height: 44 };
    const doubled = found.slice(Math.max(0, at - pages + 1), at)
      .includes(landing);
    const tint = doubled ? "gone" : "sent";
    return [
      labelled(place, tint, `page ${landing}`),
      words([place.x + 4, y - 6], String(at * page), "small"),
    ];
  });
  const verdict = unused.length === 0
    ? "every page has its turn, and the next round begins at 0"
    : `page ${
      unused.join(", ")
    } is never used, and what is there is overwritten`;
  return [
    words([begin, y - 46], `${pages} pages`, "strong"),
    words([begin + 70, y - 46], `position & 0b${mask}`, "small code"),
    words([begin, y - 24], "position", "small"),
    ...cells,
    words([begin, y + 66], verdict, "small"),
  ];
}

/** docs/pictures/power-of-two.svg */
export function powerPicture(): string {
  return draw({
    title: "Why the size is a power of two",
    description:
      "Positions only grow; where one lies is found by a bitwise and with the size less one. " +
      `With four pages the positions 0, 4096, … fall on the pages ${
        landings(4, 8).join(", ")
      }. With three pages they fall on ${
        landings(3, 8).join(", ")
      }: two positions share a page, and page 1 is never used.`,
    ...{ width: 640, height: 300 },
    parts: [...row(4, 74), ...row(3, 216)],
  });
}
