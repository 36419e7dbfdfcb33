import { isLoopbackHost } from '../kernel/loopback.ts';
import type { ConfiguredSttProvider } from '../stt/provider-settings.ts';

/** The services that text or audio of users is sent to. */
interface Vendors<OpenAi> {
  stt: readonly ConfiguredSttProvider[];
  openai: OpenAi | null;
}

/** What may be used if nothing may leave the machine. */
export interface PrivateVendors<OpenAi> extends Vendors<OpenAi> {
  /** What is not used, for the log at the start. */
  notices: string[];
  problems: string[];
}

/**
 * Returns the vendors that are on this machine, and a notice for each that is not. If the operator
 * names speech services and none of them is left, that is a problem: the server would start without
 * the speech-to-text that was asked for.
 *
 * @param services what the operator names in `STT_SERVICE_MODELS`; empty if it is not set
 */
export function keepPrivate<OpenAi extends { baseUrl: string }>(
  { stt, openai }: Vendors<OpenAi>,
  services: readonly string[],
): PrivateVendors<OpenAi> {
  const kept = stt.filter(({ address }) => address === null || isHere(address.url));
  const keepsOpenAi = openai === null || isHere(openai.baseUrl);
  const notices = stt.flatMap(({ title, address }) =>
    address === null || isHere(address.url) ? [] : [notUsed(title, address.variable)],
  );
  if (!keepsOpenAi) notices.push(notUsed('The language model', 'OPENAI_BASE_URL'));
  const configured = services.filter((service) => isServedBy(stt, service));
  const isLost = configured.length > 0 && !configured.some((service) => isServedBy(kept, service));
  return {
    stt: kept,
    openai: keepsOpenAi ? openai : null,
    notices,
    problems: isLost
      ? [
          `PRIVATE is set, but every service of STT_SERVICE_MODELS is on another machine: ${configured.join(', ')}.`,
        ]
      : [],
  };
}

function isHere(url: string): boolean {
  return isLoopbackHost(new URL(url).hostname);
}

function isServedBy(providers: readonly ConfiguredSttProvider[], service: string): boolean {
  return providers.some(({ services }) => services.some(({ name }) => name === service));
}

function notUsed(title: string, variable: string): string {
  return `PRIVATE is set: ${title} is not used, because ${variable} is not on this machine.`;
}
