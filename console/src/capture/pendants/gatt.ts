/** A characteristic; null if the device does not have the service or the characteristic. */
export async function findCharacteristic(
  server: BluetoothRemoteGATTServer,
  service: BluetoothServiceUUID,
  characteristic: BluetoothCharacteristicUUID,
): Promise<BluetoothRemoteGATTCharacteristic | null> {
  try {
    return await (await server.getPrimaryService(service)).getCharacteristic(characteristic);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return null;
    throw error;
  }
}

/** What is called for the notifications of a characteristic. */
const subscribed = new WeakMap<BluetoothRemoteGATTCharacteristic, () => void>();

/**
 * Gives each notification's bytes to a listener, and to no earlier one: after a lost connection some browsers
 * give out the same object again. Resolves once the device sends them.
 */
export async function subscribe(
  characteristic: BluetoothRemoteGATTCharacteristic,
  listener: (bytes: Uint8Array) => void,
): Promise<void> {
  const earlier = subscribed.get(characteristic);
  if (earlier) characteristic.removeEventListener('characteristicvaluechanged', earlier);
  const tell = () => {
    const { value } = characteristic;
    // The browser uses the buffer again.
    if (value) {
      listener(
        new Uint8Array(
          value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength) as ArrayBuffer,
        ),
      );
    }
  };
  subscribed.set(characteristic, tell);
  characteristic.addEventListener('characteristicvaluechanged', tell);
  await characteristic.startNotifications();
}

/** The standard battery service. Returns false if the device has none. */
export async function followBattery(
  server: BluetoothRemoteGATTServer,
  listener: (percent: number) => void,
): Promise<boolean> {
  const level = await findCharacteristic(server, 0x180f, 0x2a19);
  if (!level) return false;
  const tell = ([percent]: Uint8Array) => {
    if (percent !== undefined && percent <= 100) listener(percent);
  };
  await subscribe(level, tell);
  const value = await level.readValue();
  tell(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  return true;
}
