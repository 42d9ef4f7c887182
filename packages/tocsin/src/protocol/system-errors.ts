// What the operating system refuses, in words for a person. No path but its last part: an error message never
// holds a user's directories.

/** State and wish behind "Cannot <do>: ", by the system's name of the error. */
const STATES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or directory, want an existing one',
  ENOTDIR: 'a part of its path is a file, want a directory there',
  EISDIR: 'it is a directory, want a file',
  EEXIST: 'it is there already, want another name',
  ENOSPC: 'the disk is full, want free space',
  EDQUOT: "this user's share of the disk is used up, want free space",
  EACCES: 'access is refused, want a place that this user may use',
  EPERM: 'access is refused, want a place that this user may use',
  EROFS: 'the disk is read-only, want one that can be written',
  EFBIG: 'it would be larger than the system allows, want a smaller file',
  EIO: 'the disk failed, want one that works',
  EMFILE: 'too many files are open, want fewer',
  ENFILE: 'too many files are open, want fewer',
  ENAMETOOLONG: 'its name is too long, want a shorter one',
  ELOOP: 'its links lead in a circle, want a path that ends',
};

/** What was tried, by the system call: only those on files, for which STATES are the right words. */
const ATTEMPTS: Readonly<Record<string, string>> = {
  access: 'look at',
  chmod: 'protect',
  copyfile: 'copy',
  fsync: 'write',
  ftruncate: 'write',
  link: 'link',
  lstat: 'look at',
  mkdir: 'make',
  mkdtemp: 'make',
  open: 'open',
  opendir: 'read',
  read: 'read',
  readlink: 'read',
  realpath: 'look at',
  rename: 'rename',
  rm: 'remove',
  rmdir: 'remove',
  scandir: 'read',
  stat: 'look at',
  symlink: 'link',
  unlink: 'remove',
  write: 'write',
  writev: 'write',
};

/** The state and the wish for an error of this name; for one without words, its name. */
export function systemState(code: string): string {
  return Object.hasOwn(STATES, code) ? STATES[code]! : `the system says ${code}`;
}

/** State and wish behind "Cannot <do>: " for whatever was thrown; `wish` where the system's error has none of its own. */
export function causeWords(cause: unknown, wish: string): string {
  const code = (cause as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return `it is not usable, ${wish}`;
  return Object.hasOwn(STATES, code) ? STATES[code]! : `the system says ${code}, ${wish}`;
}

/** The sentence for what a call on a file threw; null for anything else. */
export function systemWords(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return null;
  const { code, syscall } = error;
  if (typeof code !== 'string' || typeof syscall !== 'string') return null;
  if (!Object.hasOwn(STATES, code) || !Object.hasOwn(ATTEMPTS, syscall)) return null;
  const path = 'path' in error && typeof error.path === 'string' ? error.path : '';
  const name = path.replace(/\/+$/, '').replace(/^.*\//s, '');
  return `Cannot ${ATTEMPTS[syscall]} ${name === '' ? 'a file' : `'${name}'`}: ${STATES[code]}`;
}
