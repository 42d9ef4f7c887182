// For what the Statement of this machine is rendered: the terms of its hub, its edition and its jurisdiction.
import type { StatementContext } from '../catalog/statement/statement.ts';
import type { Cli } from './command.ts';
import { withConsents } from './consents.ts';

/** As this machine's settings and its hub's terms say; without any, that of a machine that has joined no hub. */
export async function statementContextOf(cli: Pick<Cli, 'home' | 'world'>): Promise<StatementContext> {
  return await withConsents(cli, (source) => ({ ...source.current().place, language: 'en' }));
}
