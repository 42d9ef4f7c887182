// Deterministic random: the same seed gives the same bytes on every machine, at memory speed (AES-256-CTR
// under a key made of the seed). For inputs of benches only, never for keys.
import { createCipheriv, createHash } from 'node:crypto';

export interface RandomSource {
  /** The next `size` bytes. */
  bytes(size: number): Buffer;
  /** Uniform in [0, 1). */
  fraction(): number;
  /** Normal distribution, mean 0, deviation 1 (Box-Muller). */
  normal(): number;
}

export function seededRandom(seed: string): RandomSource {
  const key = createHash('sha256').update(seed).digest();
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const bytes = (size: number): Buffer => stream.update(Buffer.alloc(size));
  const fraction = (): number => bytes(4).readUInt32LE() / 2 ** 32;
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - fraction())) * Math.cos(2 * Math.PI * fraction());
  return { bytes, fraction, normal };
}
