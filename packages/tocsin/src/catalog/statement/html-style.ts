// The style of the HTML page: readable without it, light and dark by the reader's own setting, and on paper. It
// loads nothing: no font, no image.

export const HTML_STYLE = `
:root { color-scheme: light dark; --text: #1c1f23; --quiet: #555c64; --paper: #fff; --line: #d5d9de; --fill: #f3f5f7; --link: #0b57a4; --mark: #7a4b00; --markfill: #fff3d9; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e8ea; --quiet: #a9b1ba; --paper: #16191d; --line: #3a4048; --fill: #20252b; --link: #8ec1ff; --mark: #ffd48a; --markfill: #3a2c10; } }
* { box-sizing: border-box; }
html { font: 100%/1.55 system-ui, sans-serif; color: var(--text); background: var(--paper); }
body { max-width: 50rem; margin: 0 auto; padding: 1rem 1.25rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 1.5rem 0 1rem; }
h2 { font-size: 1.4rem; line-height: 1.25; margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.12rem; margin: 1.75rem 0 .5rem; }
h4 { font-size: 1rem; margin: 0 0 .25rem; }
p, ul { margin: .5rem 0 .75rem; }
ul { padding-left: 1.4rem; }
li { margin: .2rem 0; }
a { color: var(--link); }
a:focus-visible, .table:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
code { font: .92em ui-monospace, monospace; background: var(--fill); padding: .05em .25em; border-radius: .2em; }
a code, h4 code { background: none; padding: 0; }
nav > ul { columns: 2 20rem; column-gap: 2.5rem; }
nav ul { list-style: none; padding-left: 0; }
nav li { break-inside: avoid-column; }
nav > ul > li:nth-child(6), nav > ul > li:nth-child(7) { break-inside: auto; }
nav ul ul { padding-left: 1.5rem; font-size: .95rem; }
dl { margin: .5rem 0 1rem; }
dl div { display: grid; grid-template-columns: 9.5rem 1fr; gap: .1rem 1rem; padding: .15rem 0; }
dt { color: var(--quiet); }
dd { margin: 0; min-width: 0; }
.item { border: 1px solid var(--line); border-radius: .4rem; padding: .75rem 1rem .25rem; margin: .9rem 0; }
.item p { margin: .25rem 0 .5rem; }
.item dl { font-size: .93rem; }
.item:target, :target { scroll-margin-top: 1rem; }
.mark { font: .8rem system-ui, sans-serif; color: var(--mark); background: var(--markfill); padding: .1em .5em; border-radius: 1em; white-space: nowrap; }
.table { overflow-x: auto; margin: .75rem 0 1.25rem; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; overflow-wrap: normal; }
caption { text-align: left; color: var(--quiet); padding-bottom: .4rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
thead th { background: var(--fill); }
tbody th { font-weight: 400; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: .9rem; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; }
@media (max-width: 34rem) { dl div { grid-template-columns: 1fr; gap: 0; padding: .3rem 0; } }
@media print { html { font-size: 10pt; } nav, .skip { display: none; } .item, tr { break-inside: avoid; } h2, h3, h4 { break-after: avoid; } a { color: inherit; text-decoration: none; } }
`;
