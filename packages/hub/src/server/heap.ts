// How V8 is set for a process that serves. For programs to call at their start, never for libraries: it is process-wide,
// and holds for threads that are started later as well.
import { setFlagsFromString } from 'node:v8';

/**
 * Lets V8 clear young buffers away (a scavenge, under a millisecond) when 4 MB of them lie there: four times this number in
 * MB, since V8 13.6 counts it twice over without pointer compression.
 *
 * As it comes with Node 24, V8 waits for 128 MB, but marks the whole heap long before (nodejs/node issue 61967): at 64 MB
 * more than after the last time, and a hub that was idle for two minutes already at 10 MB. Under requests of 131 kB one
 * mark-compact followed the other, each with pauses of 10 to 30 ms.
 */
export function tuneForBodies(): void {
  setFlagsFromString('--scavenger-max-new-space-capacity-mb=1');
}
