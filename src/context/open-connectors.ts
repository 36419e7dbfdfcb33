import { ConnectorClients } from '../auth/connectors/connector-clients.ts';
import { ConnectorGrants } from '../auth/connectors/connector-grants.ts';
import type { ServicesFrom } from './module.ts';
import type { openApps } from './open-apps.ts';
import type { Core } from './open-core.ts';

/** Opens the sign-in of programs that users let in. */
export function openConnectors({
  store,
  clock,
  guardedHttp,
}: Core & ServicesFrom<typeof openApps>) {
  const connectorGrants = new ConnectorGrants({ store, clock });
  return {
    services: {
      connectorClients: new ConnectorClients({ http: guardedHttp }),
      connectorGrants,
    },
    erasers: { access: [(uid: string) => connectorGrants.eraseUser(uid)] },
  };
}
