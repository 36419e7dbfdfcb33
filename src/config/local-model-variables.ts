import { optionalText, secret, url } from '../kernel/variable.ts';

const MODEL_HUB_URL = 'https://huggingface.co';

/** Where models come from, and where they are kept. */
export const LOCAL_MODELS_GROUP = {
  title: 'Local models',
  variables: {
    MODELS_DIR: optionalText({
      description: 'Folder in which downloaded models are kept.',
      absent: '`models` in DATA_DIR',
    }),
    MODELS_MIRROR: url({
      description:
        'Address of the hub that models are downloaded from, or of a mirror with the same paths.',
      fallback: MODEL_HUB_URL,
      schemes: ['https', 'http'],
    }),
    HTTPS_PROXY: secret({
      description:
        'Proxy for downloads over https, such as `http://proxy:3128`; `https_proxy` means the same.',
      absent: 'none',
    }),
    HTTP_PROXY: secret({
      description: 'The same for a mirror without TLS; also `http_proxy`.',
      absent: 'none',
    }),
    NO_PROXY: optionalText({
      description: 'Hosts that are asked without a proxy, comma-separated; also `no_proxy`.',
      absent: 'none',
    }),
  },
};
