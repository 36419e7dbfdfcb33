FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY console/package.json ./console/
COPY packages ./packages
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json tsconfig.client.json ./
COPY bin ./bin
COPY scripts/prepack.js ./scripts/
COPY console ./console
COPY src ./src
# Clients of engines that are not built in, such as `ioredis@^5.11.1` for CACHE=redis.
ARG ENGINES=""
RUN node scripts/prepack.js && npm prune --omit=dev --no-audit --no-fund \
  && if [ -n "$ENGINES" ]; then npm install --no-save --omit=dev --no-audit --no-fund $ENGINES; fi

FROM node:22-slim
LABEL org.opencontainers.image.title="omi-backend" \
  org.opencontainers.image.version="0.2.0" \
  org.opencontainers.image.documentation="/help" \
  org.opencontainers.image.description="A self-hosted backend for ambient AI" \
  org.opencontainers.image.licenses="MIT"
# ffmpeg decodes AAC; liblc3 is a codec of some wearables.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ffmpeg liblc3-0 \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 DATA_DIR=/data
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY packages/silero-vad ./packages/silero-vad
COPY bin ./bin
COPY samples ./samples
# The chat and /help answer questions about the product from these.
COPY README.md CHANGELOG.md SECURITY.md ./
COPY docs ./docs
# The second and third are mounted where several servers share them.
RUN mkdir -p /data/blobs /shared && chown -R node:node /data /shared
USER node
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/v1/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/omi-backend.js"]
CMD ["serve"]
