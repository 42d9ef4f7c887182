// Hosts files that block: a null address and the names that shall not be reached. A name that is sent to a
// real address is somebody's network, not a verdict, and is refused.
import { parseIp } from 'tocsin/protocol/ip.ts';
import { ClaimDraft } from './claim-draft.ts';
import type { FormatOptions, FormatParser, ImportSink, StreamFormat } from './format.ts';
import { openLines } from './lines.ts';
import type { RowOutcome } from './row.ts';
import { REFUSED, refusal } from './row.ts';

export const hosts: StreamFormat = {
  kind: 'stream',
  name: 'hosts',
  unit: 'line',
  describe: 'hosts file that sends bad names to a null address (0.0.0.0 name)',
  example: 'tocsin-hub import hosts adservers --level riskware --category tracker',
  defaults: { level: 'malicious', category: 'unwanted' },
  open: openHosts,
};

const NO_ADDRESS = refusal('no IP address at the start');
const NO_NAMES = refusal('no name behind the address');
const REAL_ADDRESS = refusal('a name with a real address', true);

/** What every hosts file says of the machine itself. */
const OWN_NAMES =
  /^(?:localhost|localhost\.localdomain|localhost[46](?:\.localdomain[46])?|local|broadcasthost|ip6-\w+|0\.0\.0\.0)$/i;

function openHosts(sink: ImportSink, options: FormatOptions): FormatParser {
  const draft = new ClaimDraft();
  return openLines(sink, {
    format: 'hosts',
    wanted: 'a null address and host names a line (0.0.0.0 name)',
    mayBeEmpty: options.mayBeEmpty,
    row(bytes, start, end, line): RowOutcome {
      const text = bytes.toString('utf8', start, end);
      const comment = text.indexOf('#');
      const words = (comment < 0 ? text : text.slice(0, comment)).trim().split(/\s+/);
      const address = words[0]!;
      if (address === '') return 'ignored';
      if (parseIp(address.replace(/%.*$/, '')) === null) return NO_ADDRESS;
      if (words.length === 1) return NO_NAMES;
      const names = words.slice(1).filter((name) => !OWN_NAMES.test(name));
      if (names.length === 0) return 'ignored';
      if (!isNull(address)) return names.every(isName) ? REAL_ADDRESS : REFUSED.host;
      draft.clear();
      for (const name of names) {
        const why = draft.addHost(name);
        if (why !== null) return why;
      }
      sink.original(line, bytes, start, end);
      draft.commit(sink, null, line);
      return 'taken';
    },
  });
}

/** Something that a network may be called; a number behind an address is a count of another kind of list. */
function isName(text: string): boolean {
  return /\p{L}/u.test(text) && [null, REFUSED.label].includes(new ClaimDraft().addHost(text));
}

function isNull(address: string): boolean {
  const ip = parseIp(address);
  if (ip === null) return false;
  if (ip.version === 4) return ip.value === 0 || ip.value >>> 24 === 127;
  return ip.groups.every((group, i) => (i === 7 ? group <= 1 : group === 0));
}
