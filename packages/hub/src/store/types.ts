// How PostgreSQL's values arrive: as pg gives them, except 64-bit integers, which are numbers here.
import pg from 'pg';
import { TocsinError } from 'tocsin/protocol/errors.ts';

const parseInt8 = (text: string): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new TocsinError('limit', `Cannot read the number '${text}': it is beyond 2^53, want a smaller one`);
};

export const storeTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (oid === pg.types.builtins.INT8 && format !== 'binary') return parseInt8;
    return pg.types.getTypeParser(oid, format ?? 'text');
  },
};
