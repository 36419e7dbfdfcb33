// Shows notifications while no page is open. It keeps no files: a new version of the console is
// never hidden by an old worker.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(takeOver()));

// Whatever another worker has kept at this address would hide the new version.
async function takeOver() {
  const prefix = self.registration.scope;
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    const kept = await cache.keys();
    if (kept.every(({ url }) => url.startsWith(prefix))) await caches.delete(name);
  }
  await self.clients.claim();
}

self.addEventListener('push', (event) => {
  const { id, title, body, path } = event.data.json();
  event.waitUntil(
    self.registration.showNotification(title, {
      body,
      // The same notification again replaces the one that is shown.
      tag: id,
      icon: 'icon.svg',
      data: { path },
    }),
  );
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const url = new URL(event.notification.data.path, self.registration.scope).href;
  event.waitUntil(
    self.clients.matchAll({ type: 'window' }).then(async ([open]) => {
      if (!open) return self.clients.openWindow(url);
      await open.navigate(url);
      return open.focus();
    }),
  );
});
