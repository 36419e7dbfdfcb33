import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';

/**
 * A structured logger. Messages are constants, data goes into fields. What people said, their names and
 * their tokens go only into the field `pii`, which is redacted unless the operator turns it on for
 * debugging.
 */
export type Logger = PinoLogger;

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Creates the process's root logger; subsystems take a child with `logger.child({ subsystem })`. */
export function createLogger(
  options: { level: LogLevel; revealPii: boolean },
  destination?: DestinationStream,
): Logger {
  const redacted = [
    'authorization',
    '*.authorization',
    'req.headers.authorization',
    'token',
    'apiKey',
    ...(options.revealPii ? [] : ['pii', '*.pii']),
  ];
  const settings = {
    level: options.level,
    base: null,
    redact: { paths: redacted, censor: '[redacted]' },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return destination ? pino(settings, destination) : pino(settings, pino.destination(2));
}

/** Writes nothing; for code that is used without a server (scripts, unit tests). */
export const silentLogger: Logger = pino({ level: 'silent' });
