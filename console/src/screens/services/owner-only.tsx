import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { serverQuery } from '../../api/server.ts';

/** What only the owner of the server sees. */
export function OwnerOnly({ children }: { children: ReactNode }) {
  const isOwner = useQuery(serverQuery).data?.is_owner ?? false;
  return isOwner ? children : null;
}
