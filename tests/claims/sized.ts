/**
 * N: records whose size is known at run time.
 *
 * @module
 */

import assert from "node:assert/strict";
import { type BpfObject, RingBuffer } from "../../mod.ts";
import { type Claim, claim } from "../claim.ts";
import { loadNewer } from "./load_newer.ts";

/** Bytes of struct order in bpf/sized.bpf.c: a size, then what to send. */
const [orderHead, largest] = [8, 2048];

/** Tells the program what to send; answers its result. */
function sendSized(object: BpfObject, bytes: Uint8Array, size: number): number {
  const order = new Uint8Array(orderHead + largest);
  new DataView(order.buffer).setUint32(0, size, littleEndian);
  order.set(bytes.subarray(0, largest), orderHead);
  object.map("order").update(0, order);
  return object.program("send").testRun().result;
}

const littleEndian = true as const;

/** N1. */
export const sized: readonly Claim[] = [
  claim({
    id: "N1",
    title: "Dynptr records (5.19): size known at run time",
    source: 'bc34dee65a65 ("bpf: Dynptr support for ring buffers"), Linux 5.19',
    since: "5.19",
    needs: "ring",
    prove: (lab) => {
      using object = loadNewer(lab, "sized", /invalid func .*#198/);
      const got: Uint8Array[] = [];
      using reader = RingBuffer.open(
        object.map("ring"),
        (sample) => void got.push(sample.copy()),
      );
      const bytes = Uint8Array.from({ length: largest }, (_, at) => at % 251);
      const sizes = [0, 1, 13, 100, 1500];
      for (const size of sizes) {
        assert.equal(sendSized(object, bytes, size), 0, `size ${size}`);
      }
      reader.consume();
      lab.evidence({ sizes: got.map(({ length }) => length) });
      assert.deepEqual(got, sizes.map((size) => bytes.slice(0, size)));
    },
  }),
];
