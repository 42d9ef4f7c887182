// Questions by SHA-1, of which the hub holds few and none of those asked for, before its memory is read: what questions and
// the making of an index leave behind in a process (heap, buffers, compiled code, what its threads took) is there already
// when the index that is measured is made. So what its memory grows by then is what the objects cost.
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { KEY_KINDS } from 'tocsin/protocol/kinds.ts';
import { encodePackedRequest, parsePackedResponse } from 'tocsin/protocol/packed-lookup.ts';
import { LOOKUP_BENCH } from '../config.ts';
import { seededRandom } from '../random.ts';
import { type Asker, objectRequest, packedRequest } from './ask.ts';

const KIND = 'file-sha1';
const { bytes: SHA1 } = KEY_KINDS[KIND];

/** For the list of the hub: so many that an index of them is made as that of many more is, in a thread of its own. */
export function otherObjects(): string[] {
  const keys = seededRandom(`${LOOKUP_BENCH.seed}/other`).bytes(LOOKUP_BENCH.others * SHA1);
  return Array.from({ length: LOOKUP_BENCH.others }, (_, i) =>
    keys.toString('hex', i * SHA1, (i + 1) * SHA1),
  );
}

/** As many requests of each size as are asked by hand about what is measured. Closes the connection. */
export async function askInVain(asker: Asker): Promise<void> {
  const random = seededRandom(`${LOOKUP_BENCH.seed}/in-vain`);
  for (const size of LOOKUP_BENCH.batches)
    for (let n = 0; n < LOOKUP_BENCH.checked; n++) {
      const request = packedRequest(encodePackedRequest(KIND, random.bytes(size * SHA1)));
      const { status, body } = await asker.ask(request);
      if (status !== 200 || parsePackedResponse(body, size).objects.some((found) => found !== 0))
        throw known();
    }
  for (let n = 0; n < 2 * LOOKUP_BENCH.checked; n++) {
    const { status, body } = await asker.ask(objectRequest(`sha1:${random.bytes(SHA1).toString('hex')}`));
    const { verdict } = JSON.parse(body.toString()) as { verdict: { level: string } };
    if (status !== 200 || verdict.level !== 'unknown') throw known();
  }
  asker.close();
}

function known(): TocsinError {
  return new TocsinError('corrupt', `Cannot trust the run: a key of ${KIND} is known, want it unknown`);
}
