import { optionalText, optionalUrl, secret, text } from '../kernel/variable.ts';

/** What speaks answers for clients that ask for sound. */
export const SPOKEN_ANSWERS_GROUP = {
  title: 'Spoken answers',
  variables: {
    TTS_MODEL: optionalText({
      description:
        "Model that speaks, such as `gpt-4o-mini-tts` or `kokoro`, at a server with OpenAI's `/audio/speech`.",
      absent: 'clients speak by themselves',
    }),
    TTS_BASE_URL: optionalUrl({
      description: 'Address of that server, `/v1` included.',
      absent: 'the one of OPENAI_BASE_URL',
      schemes: ['https', 'http'],
    }),
    TTS_API_KEY: secret({
      description: 'Key of that server.',
      absent: 'OPENAI_API_KEY if the server is the one of OPENAI_BASE_URL, otherwise none is sent',
    }),
    TTS_VOICE: text({
      description: 'Voice of the model. What clients ask for are voices of other makers.',
      fallback: 'alloy',
    }),
  },
};
