import { aac } from './codecs/aac.ts';
import { flac } from './codecs/flac.ts';
import { mpeg } from './codecs/mpeg.ts';
import { opus } from './codecs/opus.ts';
import { pcm } from './codecs/pcm.ts';
import { vorbis } from './codecs/vorbis.ts';
import type { FileCodec } from './file-codec.ts';

/** Every codec that files are decoded from; which names it answers to, each says for itself. */
export const FILE_CODECS: readonly FileCodec[] = [aac, flac, mpeg, opus, pcm, vorbis];
