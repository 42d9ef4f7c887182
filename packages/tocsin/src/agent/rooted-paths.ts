// Where a directory really is, inside a root that may be another system's tree: links are followed as that
// system would follow them, and none leads out of the root. Looks at directories' names only.
import { lstatSync, readlinkSync } from 'node:fs';
import { VOUCH_LIMITS } from './config.ts';

export class RootedPaths {
  /** Absolute, without a slash at its end; empty for the system's own root. */
  readonly #root: string;
  readonly #known = new Map<string, string | null>([['', '']]);

  constructor(root: string) {
    this.#root = root.replace(/\/+$/, '');
  }

  /** The path on this machine of `relative`. */
  absolute(relative: string): string {
    return relative === '' ? this.#root || '/' : `${this.#root}/${relative}`;
  }

  /** The directory `relative` (no slash at either end) without links, relative too; null where it is none. */
  directory(relative: string): string | null {
    return this.#resolve(relative, 0);
  }

  #resolve(relative: string, depth: number): string | null {
    let known = this.#known.get(relative);
    if (known === undefined) {
      const cut = relative.lastIndexOf('/');
      const parent = this.#resolve(relative.slice(0, Math.max(cut, 0)), depth);
      known = parent === null ? null : this.#step(parent, relative.slice(cut + 1), depth);
      this.#known.set(relative, known);
    }
    return known;
  }

  /** One name below a directory that is already free of links. */
  #step(parent: string, name: string, depth: number): string | null {
    if (name === '' || name === '.') return parent;
    if (name === '..') return parent.slice(0, Math.max(parent.lastIndexOf('/'), 0));
    const path = parent === '' ? name : `${parent}/${name}`;
    try {
      const stats = lstatSync(this.absolute(path));
      if (stats.isDirectory()) return path;
      if (!stats.isSymbolicLink() || depth >= VOUCH_LIMITS.maxLinkDepth) return null;
      return this.#follow(parent, readlinkSync(this.absolute(path)), depth + 1);
    } catch {
      return null;
    }
  }

  #follow(parent: string, target: string, depth: number): string | null {
    let at: string | null = target.startsWith('/') ? '' : parent;
    for (const name of target.split('/')) if (at !== null) at = this.#step(at, name, depth);
    return at;
  }
}
