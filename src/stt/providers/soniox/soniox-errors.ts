import { AppError } from '../../../kernel/errors.ts';
import { type VendorProblem, vendorStatus } from '../../vendor-socket.ts';

export interface SonioxErrorFrame {
  error_code: number;
  error_type?: string | null | undefined;
  request_id?: string | null | undefined;
}

/** Newer frames name what is wrong; the code alone decides if they do not, or if the name is unknown. */
const BY_TYPE: Readonly<Record<string, VendorProblem>> = {
  model_not_available: { code: 'provider-rejected', what: 'does not offer the model to this key' },
  temp_api_key_session_expired: {
    code: 'provider-unauthorized',
    what: 'needs a new key: the temporary one has run out',
  },
  organization_balance_exhausted: { code: 'provider-quota', what: 'has no credit left' },
  organization_monthly_budget_exhausted: {
    code: 'provider-quota',
    what: 'has reached the budget of the organisation for this month',
  },
  project_monthly_budget_exhausted: {
    code: 'provider-quota',
    what: 'has reached the budget of the project for this month',
  },
  max_concurrent_connections_reached: {
    code: 'provider-quota',
    what: 'allows no further connection now',
  },
  max_duration_reached: {
    code: 'provider-unavailable',
    what: 'has ended a stream that reached its longest duration',
  },
};

/**
 * The error frame of a stream, which ends it. Its text is left out: it may repeat what was sent.
 * Codes and types: Soniox' documentation of the WebSocket API, errors.
 */
export function sonioxError(frame: SonioxErrorFrame): AppError {
  const type = /^[a-z][a-z0-9_]{1,60}$/.test(frame.error_type ?? '') ? frame.error_type : null;
  const { code, what } = (type && BY_TYPE[type]) || vendorStatus(frame.error_code);
  const details = [`error ${frame.error_code}`];
  if (type) details.push(type);
  if (frame.request_id && /^[\w-]{1,64}$/.test(frame.request_id)) {
    details.push(`request ${frame.request_id}`);
  }
  return new AppError(code, `Soniox ${what} (${details.join(', ')}).`);
}
