// GET /v1/policy (spec/policy.md): the signed policy for the machine that asks. 204 where it is not managed.
import type {} from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import type { MachineStore } from '../access/store.ts';
import type { Database } from '../store/database.ts';
import { policyTextFor } from './policies.ts';

export function registerPolicyRoutes(app: FastifyInstance, db: Database, machines: MachineStore): void {
  app.get(
    '/v1/policy',
    {
      schema: {
        summary:
          'The policy for the machine that asks, signed by the receipt key (DSSE); 204 where it has none',
      },
    },
    async (request, reply) => {
      const row = await machines.findMachine(request.machine!.machineId);
      const text = row === null ? null : await policyTextFor(db, row.marks);
      reply.header('cache-control', 'no-cache');
      if (text === null) return reply.code(204).send();
      return reply.type('application/json').send(text);
    },
  );
}
