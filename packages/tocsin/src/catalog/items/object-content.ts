// Items that hold content itself: a small object, parts of one, a web page, a mail. Sealed to the hub's key and
// kept shortest. Documents, mail, archives and pictures need a person's yes each time; larger ones: submission.
import { BASIC_ONLY, item } from '../item.ts';
import { OBJECT, planned } from './object-common.ts';

/** Sizes of content in a message, bytes. */
export const CONTENT_LIMITS = {
  object: 262_144,
  part: 32_768,
  parts: 8,
  fragment: 65_536,
  fragments: 65_536,
} as const;

const CONTENT = {
  ...OBJECT,
  sensitivity: 'content',
  personal: true,
  retentionDays: 30,
  transform: 'sealed',
} as const;

export const OBJECT_CONTENT_ITEMS = [
  item({
    ...CONTENT,
    id: 'object.content',
    type: { kind: 'bytes', max: CONTENT_LIMITS.object },
    what: 'every byte of one small object, 256 KiB at most, sent whole because parts of it did not suffice for a verdict. Documents, mails, archives and pictures only after a person said yes to that very one',
    editions: BASIC_ONLY,
    statement: ['object.content'],
    difference:
      'always complete; object.parts is a choice of pieces, object.fragment the one that the hub asked for',
    collector: planned('pread(2) of the open file whose SHA-256 the hub asked for'),
    example: 'IyEvYmluL3NoCg==',
  }),
  item({
    ...CONTENT,
    id: 'object.parts',
    type: {
      kind: 'list',
      max: CONTENT_LIMITS.parts,
      of: {
        kind: 'record',
        fields: {
          offset: { kind: 'integer', min: 0, max: 2 ** 50, unit: 'bytes' },
          content: { kind: 'bytes', max: CONTENT_LIMITS.part },
        },
      },
    },
    what: 'up to eight pieces of 32 KiB each around the places where a rule matched, with their positions; an object smaller than a piece is thereby complete. The yes of a person is needed as for the whole',
    statement: ['object.content_or_parts'],
    difference: 'chosen on the machine by the rule that matched; object.fragment is chosen by the hub',
    collector: planned('match offsets of the content rule, then pread(2) of the open file'),
    example: [{ offset: 4096, content: 'Y3VybCAtcyBodHRw' }],
  }),
  item({
    ...CONTENT,
    id: 'object.fragment',
    type: { kind: 'bytes', max: CONTENT_LIMITS.fragment },
    what: 'one piece of an object, 64 KiB at most, that the hub asked for because it decides between two verdicts; the smallest such piece goes first, and often nothing more is needed. The yes of a person is needed as for the whole',
    statement: ['object.fragment_content'],
    difference:
      'chosen by the hub, one a message; object.parts is chosen by the rule that matched, submission.file_part may be up to 1 MiB',
    collector: planned("range named in the hub's question, pread(2) of the open file with that SHA-256"),
    example: 'f0VMRgIBAQAAAAAA',
  }),
  item({
    ...CONTENT,
    id: 'object.fragment_order',
    type: {
      kind: 'record',
      fields: {
        index: { kind: 'integer', min: 0, max: CONTENT_LIMITS.fragments - 1, unit: 'fragments' },
        count: { kind: 'integer', min: 1, max: CONTENT_LIMITS.fragments, unit: 'fragments' },
      },
    },
    what: 'which of how many equal pieces of the object the piece in the same message is, counted from 0',
    statement: ['object.fragment_order'],
    collector: planned(
      "range named in the hub's question, divided by CONTENT_LIMITS.fragment; fstat(2) st_size",
    ),
    example: { index: 0, count: 12 },
  }),
  item({
    ...CONTENT,
    id: 'object.web_page',
    type: { kind: 'bytes', max: CONTENT_LIMITS.object },
    what: 'the HTML of a page taken for phishing or an attack, as the web service sent it, 256 KiB at most; without cookies, headers, entries in forms and what scripts added. It can show what the service wrote for the person who was signed in, so it goes only after that person said yes to this page',
    purposes: ['web-protection', 'threat-analysis'],
    statement: ['object.web_page_file'],
    collector: planned(
      'response body of type text/html in the web check of the agent, kept in memory while the warning is shown',
    ),
    example: 'PGh0bWw+PHRpdGxlPlNpZ24gaW48L3RpdGxlPg==',
  }),
  item({
    ...CONTENT,
    id: 'object.mail',
    type: { kind: 'bytes', max: CONTENT_LIMITS.object },
    what: 'one e-mail as it was received, with headers, addresses, text and attachments, 256 KiB at most; only after its recipient said yes to this very mail',
    statement: ['object.email_message_file'],
    collector: planned(
      'the message/rfc822 file that a person hands over, or holds in quarantine and releases for analysis',
    ),
    example: 'RnJvbTogYmFua0BleGFtcGxlLm5ldA0K',
  }),
  item({
    ...OBJECT,
    id: 'object.sealing_key_id',
    type: { kind: 'digest', bytes: 16 },
    what: "the name of the hub's public key to which the content in the same message is sealed, equal for all machines of the hub; it opens nothing and tells nothing of the machine",
    purposes: ['delivery'],
    retentionDays: 30,
    statement: ['object.encryption_key_id'],
    difference: 'the key for a file or a part of one; the environment group names the key of a report',
    collector: planned('age[0].id of the keys document in force (protocol/keys-document.ts)'),
    example: '3b9c1f7e20d4a8566c0e9ab17f52d3e8',
  }),
] as const;
