import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** Where the users of an MCP server sign in, as its authorization server describes itself (RFC 8414). */
export const mcpAuthorizationSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  revocation_endpoint: z.string().nullable(),
  token_endpoint_auth_methods_supported: z.array(z.string()),
  /** True if it names itself in the address that leads back (RFC 9207). */
  authorization_response_iss_parameter_supported: z.boolean(),
  /** What its tokens are for (RFC 8707). */
  resource: z.string(),
});
export type McpAuthorization = z.infer<typeof mcpAuthorizationSchema>;

/** This server as a program that the authorization server knows. */
export const mcpClientSchema = z.object({
  client_id: z.string(),
  /** Null for a program without a secret. */
  client_secret: z.string().nullable(),
});
export type McpClient = z.infer<typeof mcpClientSchema>;

/** What signs requests to the MCP server in. */
export const mcpTokensSchema = z.object({
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  /** When the access token ends; null if that was not said. */
  expiresAt: timestamp.nullable(),
});
export type McpTokens = z.infer<typeof mcpTokensSchema>;

/** A user's sign-in at the MCP server of an app; `id` is the app's. */
export const mcpConnectionSchema = z.object({
  id: z.string(),
  authorization: mcpAuthorizationSchema,
  client: mcpClientSchema,
  /** Where the authorization server leads the browser back to. */
  redirectUrl: z.string(),
  /** Null until the user has signed in, and after the sign-in has ended. */
  tokens: mcpTokensSchema.nullable(),
  /** A sign-in that was begun; null if there is none. */
  pending: z
    .object({ stateHash: z.string(), codeVerifier: z.string(), expiresAt: timestamp })
    .nullable(),
  createdAt: timestamp,
});
export type McpConnection = z.infer<typeof mcpConnectionSchema>;

export const mcpConnections = defineCollection({
  name: 'mcp_connections',
  scope: 'user',
  schema: mcpConnectionSchema,
  encrypted: ['authorization', 'client', 'tokens', 'pending'],
  queries: {},
});
