// Ctrl-C: the first one asks the work to stop cleanly, a later one ends the process. Only for subcommands that
// have something to finish; the others keep the system's way.
import { EXIT } from './failure.ts';

/** Two signals within this time are one: a launcher may pass on what the terminal sent to both. */
const SAME_PRESS_MS = 300;

/** Starts to listen; the signal aborts at the first SIGINT or SIGTERM. */
export function onInterrupt(): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  const stop = (): void => {
    if (!controller.signal.aborted) {
      firstAt = performance.now();
      controller.abort();
    } else if (performance.now() - firstAt > SAME_PRESS_MS) process.exit(EXIT.interrupted);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}
