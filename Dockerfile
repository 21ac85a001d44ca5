# Two stages: the first builds with everything, the second holds only what runs.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/automation-sdk-shim/package.json packages/automation-sdk-shim/
COPY packages/microsoft365-simulator/package.json packages/microsoft365-simulator/
COPY packages/playbook-runner/package.json packages/playbook-runner/
COPY packages/fault-lab/package.json packages/fault-lab/
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.base.json ./
COPY packages/automation-sdk-shim packages/automation-sdk-shim
COPY src src
COPY module module
RUN npx tsc -b . \
  && npm sbom --package-lock-only --omit dev --sbom-format cyclonedx > sbom.cdx.json \
  && npm ci --ignore-scripts --omit=dev --include-workspace-root --workspace @sekoia/automation-sdk-shim \
  && find dist packages node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.tsbuildinfo' \) -delete \
  && rm -r packages/automation-sdk-shim/src \
  && find node_modules packages -type d \( -name test -o -name tests \) -prune -exec rm -r {} + \
  # The client for S3 brings itself three times; Node.js loads dist-cjs.
  && find node_modules/@aws-sdk node_modules/@smithy -type d \( -name dist-es -o -name dist-types \) -prune -exec rm -r {} +

FROM node:24-slim
LABEL org.opencontainers.image.title="Microsoft 365 Message Trace" \
  org.opencontainers.image.description="Sekoia.io playbook module that collects Microsoft 365 message traces" \
  org.opencontainers.image.version="1.3.0" \
  org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/packages/automation-sdk-shim packages/automation-sdk-shim
COPY --from=build /app/dist dist
COPY --from=build /app/sbom.cdx.json ./
COPY package.json manifest.json trigger_*.json connector_*.json LICENSE CHANGELOG.md ./
# Everything else may be read-only: the module writes to its data folder alone.
RUN mkdir -m 2770 /symphony_data && chown 1000:0 /symphony_data && chmod 2770 /symphony_data
USER 1000:1000
EXPOSE 8000 8020
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${Number(process.env.LIVENESS_PORT) || 8000}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/module/main.js"]
