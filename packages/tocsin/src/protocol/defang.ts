// Defanged text (`hxxp://evil[.]example`), as threat reports write addresses so that nobody clicks on them.
// Undoes the spellings of scheme and dots; guesses nothing else.

const DOT = /\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\{dot\}/gi;
const SCHEME = /^(h(?:tt|xx|\*\*)p(s?)|fxp)(\[:\]\/\/|\[:\/\/\]|:\/\/|\[:\/\/|:\[\/\/\]|:\[\/\]\[\/\])/i;

/** `text` with `[.]`, `(.)`, `{.}` and the same around `dot` turned into dots, one pass. */
export function undefangDots(text: string): string {
  return /[[({]/.test(text) ? text.replace(DOT, '.') : text;
}

/** `text` with a defanged scheme (`hxxps[:]//`) written plainly; other text is returned as it is. */
export function undefangScheme(text: string): string {
  const found = SCHEME.exec(text);
  if (found === null) return text;
  const [whole, scheme, secure] = found;
  const plain = scheme!.toLowerCase() === 'fxp' ? 'ftp' : `http${secure!.toLowerCase()}`;
  return `${plain}://${text.slice(whole.length)}`;
}
