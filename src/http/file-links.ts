import type { FastifyRequest } from 'fastify';
import { publicOrigin } from './public-origin.ts';

/** Makes links to stored files, for a client that reaches the server at `origin`. */
export interface LinkSigner {
  urlOf(key: string, origin: string): Promise<string>;
}

/** Absolute links to files for the user who asked. */
export class FileLinks {
  readonly #signer: LinkSigner;
  readonly #publicUrl: string | null;

  /** @param publicUrl the configured address of the server, null if there is none */
  constructor(signer: LinkSigner, publicUrl: string | null) {
    this.#signer = signer;
    this.#publicUrl = publicUrl;
  }

  urlOf(key: string, request: FastifyRequest): Promise<string> {
    return this.#signer.urlOf(key, publicOrigin(request, this.#publicUrl));
  }

  urlsOf(keys: readonly string[], request: FastifyRequest): Promise<string[]> {
    return Promise.all(keys.map((key) => this.urlOf(key, request)));
  }
}
