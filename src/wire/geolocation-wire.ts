import { z } from 'zod';
import type { Geolocation } from '../model/conversations/conversation.ts';

/**
 * A place as the clients send it: snake_case, and camelCase in older versions of the app. Keys
 * that are not known are ignored.
 */
export const geolocationWireSchema = z.object({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  altitude: z.number().nullish(),
  accuracy: z.number().nullish(),
  google_place_id: z.string().nullish(),
  googlePlaceId: z.string().nullish(),
  address: z.string().nullish(),
  location_type: z.string().nullish(),
  locationType: z.string().nullish(),
});
export type GeolocationInput = z.output<typeof geolocationWireSchema>;

/** A place as it leaves this server. */
export const placeSchema = z
  .object({
    google_place_id: z.string().nullable(),
    latitude: z.number(),
    longitude: z.number(),
    altitude: z.number().nullable(),
    accuracy: z.number().nullable(),
    address: z.string().nullable(),
    location_type: z.string().nullable(),
  })
  .meta({ id: 'Geolocation' });
export type GeolocationWire = z.output<typeof placeSchema>;

export function geolocationFromWire(wire: GeolocationInput): Geolocation {
  return {
    googlePlaceId: wire.google_place_id ?? wire.googlePlaceId ?? null,
    latitude: wire.latitude,
    longitude: wire.longitude,
    altitude: wire.altitude ?? null,
    accuracy: wire.accuracy ?? null,
    address: wire.address ?? null,
    locationType: wire.location_type ?? wire.locationType ?? null,
  };
}

export function geolocationToWire(place: Geolocation): GeolocationWire {
  return {
    google_place_id: place.googlePlaceId,
    latitude: place.latitude,
    longitude: place.longitude,
    altitude: place.altitude,
    accuracy: place.accuracy,
    address: place.address,
    location_type: place.locationType,
  };
}
