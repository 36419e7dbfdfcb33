import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  findRecorder,
  openMicrophone,
  recorderArguments,
} from '../../../src/cli/record/microphone.ts';

describe('the microphone', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'omi-bin-'));
    vi.stubEnv('PATH', `${folder}${path.delimiter}/usr/bin${path.delimiter}/bin`);
  });
  afterEach(() => vi.unstubAllEnvs());

  const install = async (name: string, script: string) => {
    await writeFile(path.join(folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(path.join(folder, name), 0o755);
  };
  const read = async (microphone: ReturnType<typeof openMicrophone>) => {
    const chunks: Uint8Array[] = [];
    for await (const bytes of microphone.samples()) chunks.push(bytes);
    return Buffer.concat(chunks).toString();
  };

  it('is read by the program that is installed, arecord first', async () => {
    await install('ffmpeg', 'printf ffmpeg');
    expect(await findRecorder('ffmpeg')).toBe('ffmpeg');
    await install('arecord', 'printf sound');
    expect(await findRecorder(null)).toBe('arecord');
    expect(await read(openMicrophone('arecord', null, 16_000))).toBe('sound');
  });

  it('says what to install if nothing can record', async () => {
    vi.stubEnv('PATH', folder);
    await expect(findRecorder(null)).rejects.toThrow(/Neither arecord nor ffmpeg/);
    await expect(findRecorder('arecord')).rejects.toThrow(/arecord is not installed/);
  });

  it('says why the program cannot record', async () => {
    await install('arecord', 'echo "audio open error: No such device" >&2; exit 1');
    await expect(read(openMicrophone('arecord', null, 16_000))).rejects.toThrow(
      'arecord cannot record: audio open error: No such device',
    );
  });

  it('gives what was recorded until it is stopped', async () => {
    await install(
      'arecord',
      'trap "printf end; exit 0" INT; printf begin; while :; do sleep 0.05; done',
    );
    const microphone = openMicrophone('arecord', null, 16_000);
    let heard = '';
    for await (const bytes of microphone.samples()) {
      heard += Buffer.from(bytes).toString();
      if (heard === 'begin') microphone.stop();
    }
    expect(heard).toBe('beginend');
  });

  it('is named to each program in its own way', () => {
    expect(recorderArguments('arecord', 'hw:1', 16_000).join(' ')).toBe(
      '-q -D hw:1 -t raw -f S16_LE -c 1 -r 16000',
    );
    expect(recorderArguments('ffmpeg', null, 16_000, 'darwin').join(' ')).toContain(
      '-f avfoundation -i :default',
    );
    expect(recorderArguments('ffmpeg', null, 16_000, 'linux').join(' ')).toContain(
      '-f pulse -i default -ac 1 -ar 16000 -f s16le',
    );
  });
});
