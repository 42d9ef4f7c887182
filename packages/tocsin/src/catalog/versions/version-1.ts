// Version 1 of the catalog, item by item (versions/version.ts). Written by scripts/write-catalog-version.ts.
import type { VersionEntry } from './version.ts';

export const VERSION_1: VersionEntry = {
  number: 1,
  date: '2026-11-23',
  release: '0.1.0',
  rendered: null,
  table: `
connection.machine_id:1d038bf770e3 | connection | basic,plus,premium,virtual | none | 180 | personal | technical | delivery | hub | {"kind":"uuid"}
connection.address:2770ef3665a0 | connection | basic,plus,premium,virtual | none | 0 | personal | technical | delivery | hub | {"kind":"text","max":64,"pattern":"[0-9a-f.:]{2,45}(?:, port [0-9]{1,5})?"}
connection.time:5311d35941c8 | connection | basic,plus,premium,virtual | utc-second | 30 | personal | technical | delivery | hub | {"kind":"time","precision":"second"}
connection.lists:e2a86501c46a | connection | basic,plus,premium,virtual | none | 0 | no-person | technical | delivery | hub | {"kind":"list","of":{"kind":"text","max":128,"pattern":"[ -~]{1,128}"},"max":64}
connection.join_secret:ef22e95eecc1 | connection | basic,plus,premium,virtual | none | 0 | no-person | technical | delivery | hub | {"kind":"text","max":128,"pattern":"[A-Za-z0-9_-]{16,128}"}
lookup.kind:dc298d25351b | standard | basic,plus,premium,virtual | none | 0 | no-person | technical | reputation,web-protection | hub | {"kind":"choice","values":["file-sha256","file-sha1","file-md5","url","host","ip","certificate-sha256","certificate-tbs","wifi"]}
lookup.bits:2c0c0fbfcfc5 | standard | basic,plus,premium,virtual | none | 0 | no-person | technical | reputation,web-protection | hub | {"kind":"integer","min":1,"max":24,"unit":"bits"}
lookup.prefix:761349e14209 | standard | basic,plus,premium,virtual | prefix | 0 | no-person | interaction | reputation,web-protection | hub | {"kind":"text","max":6,"pattern":"(?:[0-9a-f]{2}){1,3}"}
`,
};
