import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * How a network fails. `closed`: connections break and new ones are refused. `silent`: nothing passes, and
 * nobody is told; afterwards the same connections go on. `lost`: as `silent`, but these connections never
 * carry anything again, as after a change of the network; only who sends learns of it.
 */
export const CUTS = ['closed', 'silent', 'lost'] as const;
export type Cut = (typeof CUTS)[number];

/** Passes TCP connections of one fixed port on to a server, until the network is cut. */
export class BreakableNetwork {
  readonly #server: Server;
  readonly #pairs = new Set<[client: Socket, upstream: Socket]>();
  /** Halves whose other half is dead: they stay open and carry nothing. */
  readonly #dead = new Set<Socket>();
  #target: number;
  #cut: Cut | null = null;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((client) => this.#accept(client));
  }

  /** @param target port of the server on this machine */
  static async start(target: number): Promise<BreakableNetwork> {
    const network = new BreakableNetwork(target);
    await new Promise<void>((resolve) => network.#server.listen(0, '127.0.0.1', resolve));
    return network;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** New connections go to another port: the server was started again. */
  moveTo(target: number): void {
    this.#target = target;
  }

  cut(how: Cut): void {
    this.#cut = how;
    for (const pair of this.#pairs) {
      if (how === 'closed') for (const socket of pair) socket.destroy();
      else for (const socket of pair) socket.pause();
    }
  }

  mend(): void {
    const how = this.#cut;
    this.#cut = null;
    for (const pair of [...this.#pairs]) {
      if (how === 'silent') for (const socket of pair) socket.resume();
      if (how !== 'lost') continue;
      this.#pairs.delete(pair);
      for (const socket of pair) {
        this.#dead.add(socket);
        socket.resume();
      }
    }
  }

  async stop(): Promise<void> {
    for (const socket of [...this.#dead, ...[...this.#pairs].flat()]) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    if (this.#cut === 'closed') {
      client.destroy();
      return;
    }
    const upstream = connect(this.#target, '127.0.0.1');
    const pair: [Socket, Socket] = [client, upstream];
    this.#pairs.add(pair);
    this.#join(pair, client, upstream);
    this.#join(pair, upstream, client);
    if (this.#cut) for (const socket of pair) socket.pause();
  }

  #join(pair: [Socket, Socket], from: Socket, to: Socket): void {
    from.setNoDelay(true);
    from.on('data', (data) => {
      if (!this.#dead.has(from)) to.write(data);
      // Whoever sends over a connection that the network has forgotten is told so.
      else if (from === pair[0]) from.resetAndDestroy();
    });
    from.on('error', () => from.destroy());
    from.on('close', () => {
      this.#pairs.delete(pair);
      // What is dead tells the other side nothing.
      if (!this.#dead.delete(from)) to.destroy();
    });
  }
}
