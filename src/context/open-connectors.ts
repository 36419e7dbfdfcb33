import { ConnectorClients } from '../auth/connectors/connector-clients.ts';
import { ConnectorGrants } from '../auth/connectors/connector-grants.ts';
import { UserAdministration } from '../auth/user-administration.ts';
import type { ServicesFrom } from './module.ts';
import type { openApps } from './open-apps.ts';
import type { Core } from './open-core.ts';
import type { openSignIn } from './open-sign-in.ts';

/** Opens the sign-in of programs that users let in, and what ends all access of a user. */
export function openConnectors({
  store,
  clock,
  guardedHttp,
  accounts,
  browserSessions,
  apiKeys,
  endSignIns,
}: Core & ServicesFrom<typeof openSignIn> & ServicesFrom<typeof openApps>) {
  const connectorGrants = new ConnectorGrants({ store, clock });
  return {
    services: {
      connectorClients: new ConnectorClients({ http: guardedHttp }),
      connectorGrants,
      userAdministration: new UserAdministration({
        accounts,
        browserSessions,
        endAccess: [
          (uid) => apiKeys.eraseUser(uid),
          (uid) => connectorGrants.eraseUser(uid),
          endSignIns,
        ],
      }),
    },
    erasers: { access: [(uid: string) => connectorGrants.eraseUser(uid)] },
  };
}
