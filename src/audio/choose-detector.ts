import { describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { loadSilero } from './silero/silero-network.ts';
import { createSileroVoiceActivity } from './silero/voice-activity-silero.ts';
import type { VoiceActivityFactory } from './voice-activity.ts';
import { createWebRtcVoiceActivity } from './voice-activity-webrtc.ts';

/** `VAD_DETECTOR` */
export type DetectorName = 'silero' | 'webrtc';

/** Returns what makes detectors of that kind; WebRTC's, and a warning, if Silero's weights cannot be read. */
export function chooseDetector(name: DetectorName, logger: Logger): VoiceActivityFactory {
  if (name === 'webrtc') return createWebRtcVoiceActivity;
  let hasWarned = false;
  return async (format) => {
    try {
      await loadSilero();
    } catch (error) {
      if (!hasWarned) {
        logger.warn({ error: describeError(error) }, "WebRTC's voice activity detector is used");
      }
      hasWarned = true;
      return createWebRtcVoiceActivity(format);
    }
    return createSileroVoiceActivity(format);
  };
}
