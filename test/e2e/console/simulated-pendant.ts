/**
 * A script for a page: puts an object of the Web Bluetooth interface in the place of
 * `navigator.bluetooth`. It is an Omi pendant (Opus, 20 ms) whose side the test plays through
 * `window.pendant`: `say` streams packets, `press` its button, `drop` loses its connection.
 */
export function simulatedPendant(): string {
  return `{
    const uuid = (part) => '19b100' + part + '-e8f2-537e-4f6c-d104768a1214';
    class Characteristic extends EventTarget {
      constructor(bytes) { super(); this.bytes = bytes; this.notifies = false; this.written = []; }
      async readValue() { return new DataView(Uint8Array.from(this.bytes).buffer); }
      async startNotifications() { this.notifies = true; return this; }
      async writeValueWithResponse(value) { this.written.push([...new Uint8Array(value.buffer ?? value)]); }
      notify(bytes) {
        if (!this.notifies) return;
        this.value = new DataView(Uint8Array.from(bytes).buffer);
        this.dispatchEvent(new Event('characteristicvaluechanged'));
      }
    }
    const services = {
      [uuid('00')]: { [uuid('01')]: new Characteristic([]), [uuid('02')]: new Characteristic([21]) },
      [uuid('30')]: { [uuid('31')]: new Characteristic([]) },
      '23ba7924-0000-1000-7450-346eac492e92': { '23ba7925-0000-1000-7450-346eac492e92': new Characteristic([]) },
      [0x180f]: { [0x2a19]: new Characteristic([83]) },
    };
    const missing = () => { throw new DOMException('No such thing', 'NotFoundError'); };
    const device = new EventTarget();
    device.name = 'Omi';
    let counter = 65500;
    device.gatt = {
      connected: false,
      device,
      connect: async () => { device.gatt.connected = true; return device.gatt; },
      disconnect: () => {
        if (!device.gatt.connected) return;
        device.gatt.connected = false;
        for (const service of Object.values(services)) for (const one of Object.values(service)) one.notifies = false;
        device.dispatchEvent(new Event('gattserverdisconnected'));
      },
      getPrimaryService: async (id) => {
        const service = services[id] ?? missing();
        return { getCharacteristic: async (characteristic) => service[characteristic] ?? missing() };
      },
    };
    const audio = services[uuid('00')][uuid('01')];
    const say = async (packets) => {
      for (const packet of packets) {
        const bytes = Uint8Array.from(atob(packet), (letter) => letter.charCodeAt(0));
        audio.notify([counter & 255, counter >> 8, 0, ...bytes]);
        counter = (counter + 1) % 65536;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    window.pendant = {
      say,
      lose: (packets) => { counter = (counter + packets) % 65536; },
      press: (code) => services['23ba7924-0000-1000-7450-346eac492e92']['23ba7925-0000-1000-7450-346eac492e92'].notify([code]),
      drop: () => device.gatt.disconnect(),
      isListenedTo: () => audio.notifies,
      times: () => services[uuid('30')][uuid('31')].written,
    };
    Object.defineProperty(Navigator.prototype, 'bluetooth', {
      configurable: true,
      get: () => ({ requestDevice: async (options) => { window.pendant.asked = options; return device; } }),
    });
  }`;
}
