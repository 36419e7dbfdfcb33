import { describe, expect, it } from 'vitest';
import { framesOf } from '../../../console/src/capture/pendants/friend-frames.ts';
import {
  FrameCutter,
  fromMuLaw,
  PacketJoiner,
} from '../../../console/src/capture/pendants/omi-packets.ts';
import { PhotoJoiner, type RawPhoto } from '../../../console/src/capture/pendants/omi-photos.ts';

const notification = (number: number, index: number, ...payload: number[]) =>
  new Uint8Array([number & 0xff, number >> 8, index, ...payload]);

function joiner() {
  const packets: number[][] = [];
  let lost = 0;
  const join = new PacketJoiner({
    packet: (bytes) => packets.push([...bytes]),
    lost: (count) => {
      lost += count;
    },
  });
  return { join, packets, lost: () => lost };
}

describe('packets of an Omi pendant', () => {
  it('come without their header, each once', () => {
    const { join, packets, lost } = joiner();
    for (const number of [7, 8, 8, 9]) join.push(notification(number, 0, number));
    join.flush();
    expect(packets).toEqual([[7], [8], [9]]);
    expect(lost()).toBe(0);
  });

  it('are joined of their pieces', () => {
    const { join, packets } = joiner();
    join.push(notification(1, 0, 1, 2));
    join.push(notification(1, 1, 3));
    join.push(notification(2, 0, 4));
    join.flush();
    expect(packets).toEqual([[1, 2, 3], [4]]);
  });

  it('count as lost if the counter jumps, also where it wraps, or if a piece is missing', () => {
    const { join, packets, lost } = joiner();
    join.push(notification(0xfffe, 0, 1));
    join.push(notification(2, 0, 2));
    expect(lost()).toBe(3);
    join.push(notification(3, 0, 3));
    join.push(notification(3, 2, 5));
    join.push(notification(4, 0, 6));
    join.flush();
    expect(packets).toEqual([[1], [2], [6]]);
    expect(lost()).toBe(4);
  });

  it('do not count a pendant that begins anew as hours of lost audio', () => {
    const { join, lost } = joiner();
    join.push(notification(40_000, 0, 1));
    join.push(notification(0, 0, 2));
    expect(lost()).toBe(0);
  });

  it('that are shorter than a header are passed over', () => {
    const { join, packets } = joiner();
    join.push(new Uint8Array([1, 0]));
    join.flush();
    expect(packets).toEqual([]);
  });
});

describe('frames', () => {
  it('are cut to one length across packets', () => {
    const frames: number[][] = [];
    const cutter = new FrameCutter(4, (frame) => frames.push([...frame]));
    cutter.push(new Uint8Array([1, 2, 3]));
    cutter.push(new Uint8Array([4, 5, 6, 7, 8, 9]));
    expect(frames).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
  });

  it('of the Friend pendant are three a notification, without the bytes behind them', () => {
    const sent = Uint8Array.from({ length: 95 }, (_, index) => index);
    const frames = framesOf(sent);
    expect(frames.map(({ length }) => length)).toEqual([30, 30, 30]);
    expect(frames.map(([first]) => first)).toEqual([0, 30, 60]);
  });

  it('of mu-law have the values of G.711', () => {
    const samples = new DataView(fromMuLaw(new Uint8Array([0xff, 0x80, 0x00, 0xf0])).buffer);
    const values = [0, 1, 2, 3].map((index) => samples.getInt16(index * 2, true));
    expect(values).toEqual([0, 32_124, -32_124, 120]);
  });
});

describe('photos of OmiGlass', () => {
  const part = (index: number, ...bytes: number[]) =>
    new Uint8Array([index & 0xff, index >> 8, ...bytes]);

  function photosOf(...parts: Uint8Array[]): RawPhoto[] {
    const photos: RawPhoto[] = [];
    const join = new PhotoJoiner((photo) => photos.push(photo));
    for (const one of parts) join.push(one);
    return photos;
  }

  it('have the orientation that newer firmware puts before them', () => {
    const [photo] = photosOf(part(0, 1, 0xff, 0xd8), part(1, 5), part(0xffff));
    expect(photo).toEqual({ jpeg: new Uint8Array([0xff, 0xd8, 5]), turns: 1 });
  });

  it('of older firmware are upside down', () => {
    const [photo] = photosOf(part(0, 0xff, 0xd8), part(0xffff));
    expect(photo).toEqual({ jpeg: new Uint8Array([0xff, 0xd8]), turns: 2 });
  });

  it('with a missing part, or of more than 200 KB, are left out', () => {
    const large = Array.from({ length: 300 }, (_, index) =>
      part(index, ...new Array<number>(800).fill(0)),
    );
    expect(photosOf(part(0, 0, 1), part(2, 3), part(0xffff))).toEqual([]);
    expect(photosOf(...large, part(0xffff))).toEqual([]);
  });
});
