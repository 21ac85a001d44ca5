# Two stages: the first builds with everything, the second holds only what runs.
# A release names its base by digest (docs/deployment.md): --build-arg NODE_IMAGE=node:24-slim@sha256:…
ARG NODE_IMAGE=node:24-slim
FROM ${NODE_IMAGE} AS build
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends tini
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/automation-sdk-shim/package.json packages/automation-sdk-shim/
COPY tools/playbook-runner/package.json tools/playbook-runner/
COPY tools/testbed/package.json tools/testbed/
RUN npm ci --ignore-scripts
COPY scripts/image-tree.mjs scripts/bill-of-materials.mjs scripts/system-components.mjs scripts/bundle.mjs scripts/
RUN node scripts/image-tree.mjs /image --system
COPY tsconfig.json tsconfig.base.json ./
COPY packages/automation-sdk-shim packages/automation-sdk-shim
COPY src src
COPY module module
RUN npx tsc -b . && node scripts/bundle.mjs

FROM ${NODE_IMAGE}
ARG NODE_IMAGE
LABEL org.opencontainers.image.title="Microsoft 365 Message Trace" \
  org.opencontainers.image.description="Sekoia.io playbook module that collects Microsoft 365 message traces" \
  org.opencontainers.image.version="1.3.0" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.base.name="${NODE_IMAGE}"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /usr/bin/tini /usr/bin/tini
COPY --from=build /usr/share/doc/tini /usr/share/doc/tini
COPY --from=build /image ./
COPY --from=build /app/dist/bundle dist/bundle
COPY manifest.json trigger_*.json connector_*.json action_*.json LICENSE CHANGELOG.md ./
# The command line: docker exec CONTAINER message-trace check
RUN ln -s /app/dist/bundle/message-trace.js /usr/local/bin/message-trace
# Everything else may be read-only: the module writes to its data folder alone.
RUN mkdir -m 2770 /symphony_data && chown 1000:0 /symphony_data && chmod 2770 /symphony_data
USER 1000:1000
EXPOSE 8000 8020
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${Number(process.env.LIVENESS_PORT) || 8000}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# tini reaps orphans, prlimit forbids core files, and SIGUSR1 opens no debugger from the first moment on.
ENTRYPOINT ["tini", "-s", "--", "prlimit", "--core=0", "node", "--disable-sigusr1", "dist/bundle/main.js"]
