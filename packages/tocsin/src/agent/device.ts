// What a file system is to a scan, by its statfs type: one of files, and one whose times can be believed.
import { statfsSync } from 'node:fs';
import type { FilePath } from './file-path.ts';

export interface Device {
  /** It holds no files of its own: not entered unless named. */
  readonly pseudo: boolean;
  /** False where another machine or user can set times and inodes. */
  readonly timesTrusted: boolean;
}

/** The device that a path is on; of one that cannot be asked nothing is believed. */
export function deviceAt(path: FilePath): Device {
  try {
    const { type } = statfsSync(path);
    return { pseudo: PSEUDO.has(type), timesTrusted: !UNTRUSTED.has(type) && !PSEUDO.has(type) };
  } catch {
    return { pseudo: false, timesTrusted: false };
  }
}

/** statfs types of file systems that hold no files of their own: proc, sysfs, cgroup 1 and 2, debugfs, tracefs,
 * securityfs, bpf, pstore, configfs, devpts, mqueue, selinuxfs, efivarfs, fusectl, hugetlbfs, binfmt_misc,
 * autofs, nsfs, rpc_pipefs, nfsd, smackfs (linux/magic.h). devtmpfs calls itself tmpfs: it is walked. */
const PSEUDO: ReadonlySet<number> = new Set([
  0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x64626720, 0x74726163, 0x73636673, 0xcafe4a11, 0x6165676c,
  0x62656570, 0x1cd1, 0x19800202, 0xf97cff8c, 0xde5e81e4, 0x65735543, 0x958458f6, 0x42494e4d, 0x0187,
  0x6e736673, 0x67596969, 0x6e667364, 0x43415d53,
]);

/** FAT, exFAT, NTFS (two drivers), FUSE, 9p, SMB 1 and 2, ISO 9660, UDF, HFS+: whoever holds the medium or
 * serves the mount can change a file and set its inode and times back. */
const UNTRUSTED: ReadonlySet<number> = new Set([
  0x4d44, 0x2011bab0, 0x5346544e, 0x7366746e, 0x65735546, 0x01021997, 0xff534d42, 0xfe534d42, 0x9660,
  0x15013346, 0x482b,
]);
