import type { Span, SpanStart } from '../../kernel/tracing.ts';
import type { Emit } from '../event-outlet.ts';
import type { ListenOptions } from '../listen-options.ts';

/** How the span of a live session begins; what the client says in free text is not in it. */
export function sessionSpan({ codec, sampleRate, channels, customStt }: ListenOptions): SpanStart {
  return {
    name: 'live session',
    kind: 'server',
    isRoot: true,
    facts: {
      'omi.session.codec': codec,
      'omi.session.sample_rate': sampleRate,
      'omi.session.channels': channels,
      'omi.session.custom_stt': customStt,
    },
  };
}

/** Returns `emit`, with what an operator looks for added to the span. */
export function noteEvents(span: Span, emit: Emit): Emit {
  return (event) => {
    if (event.type === 'provider-changed' && !event.isFirst) {
      const facts = { 'omi.stt.provider': event.provider, 'omi.stt.over_budget': event.overBudget };
      span.addEvent('provider changed', facts);
    } else if (event.type === 'recognition-lag') {
      span.addEvent(event.isOver ? 'recognition caught up' : 'recognition lags behind');
    } else if (event.type === 'session-ended') {
      span.addFacts({ 'omi.session.close_code': event.code });
    }
    emit(event);
  };
}
