// What a look-up shows of an object: a prefix of a digest, never the object; the whole digest only where a person asks for
// the history of one. The names after the dot are the fields on the wire (protocol/lookup.ts, protocol/history.ts).
import { KEY_KIND_NAMES } from '../../protocol/kinds.ts';
import { LOOKUP_LIMITS } from '../../protocol/lookup.ts';
import { ALL_EDITIONS, COMMON, item } from '../item.ts';

const ASKED = {
  ...COMMON,
  purposes: ['reputation', 'web-protection'],
  participation: 'standard',
  editions: ALL_EDITIONS,
  retentionDays: 0,
  owner: 'network',
} as const;

export const LOOKUP_ITEMS = [
  item({
    ...ASKED,
    id: 'lookup.kind',
    type: { kind: 'choice', values: KEY_KIND_NAMES },
    what: 'what sort of thing is asked about: a file (and by which digest), a web address, a host, a network address, a certificate or a Wi-Fi network',
    sensitivity: 'technical',
    statement: ['standard_mode.object_checksum_and_type'],
    difference: 'the sort of key in a question; object.kind is the role in which an object was met',
    collector: {
      state: 'built',
      reads: 'the kind of the key that the machine computed of the object itself',
    },
    example: 'file-sha256',
  }),
  item({
    ...ASKED,
    id: 'lookup.bits',
    type: { kind: 'integer', min: 1, max: LOOKUP_LIMITS.maxPrefixBits, unit: 'bits' },
    what: 'how many leading bits of the digest are shown; the hub names the number in its list of lists, so small that on average at least 64 objects known to it share them, and never above 24 of the 128 to 256',
    sensitivity: 'technical',
    statement: ['standard_mode.object_checksum_and_type'],
    collector: { state: 'built', reads: 'prefixBits of the list manifest in force' },
    example: 12,
  }),
  item({
    ...ASKED,
    id: 'lookup.prefix',
    type: { kind: 'text', max: 6, pattern: '(?:[0-9a-f]{2}){1,3}' },
    what: 'those leading bits of the digest, in hexadecimal, the rest of the last byte zero: of the content of a file, or of one part of an address; whoever guesses an address can compute the same bits, yet a great many addresses share them. The machine itself picks its own object from the group that is answered',
    sensitivity: 'interaction',
    transform: 'prefix',
    statement: ['standard_mode.object_checksum_and_type', 'standard_mode.url'],
    difference:
      'a few bits of a digest in a question; object.url and object.checksum are in reports of a detection',
    collector: {
      state: 'built',
      reads: 'the content of the file that is scanned, or the text of the address that is checked',
    },
    example: '9f80',
  }),
  item({
    ...ASKED,
    id: 'lookup.key',
    type: { kind: 'text', max: 64, pattern: '[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}' },
    what: 'the whole digest of the one object whose history a person asks for: of the content of a file, of a certificate, or of the text of an address. It tells which object is meant to whoever has the same or guesses it; of addresses there are so few that all can be tried. The hub knows at that moment which machine asks, and keeps neither',
    purposes: ['reputation'],
    sensitivity: 'interaction',
    personal: true,
    participation: 'extended',
    since: '0.3.0',
    statement: ['object.sha256'],
    difference:
      'the whole digest in a question that only a person asks; lookup.prefix is a few bits of one, object.sha256 and object.checksum are in reports of a detection',
    collector: {
      state: 'built',
      reads:
        'the object that is named to tocsin check --history: the content of the file, or the text of the address',
    },
    example: '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f',
  }),
] as const;
