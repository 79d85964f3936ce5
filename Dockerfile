# The action's image: one static binary and the certificates it trusts. No shell, no package manager, nothing to update
# but the binary. `tests/container/Dockerfile` has the same last stage around a prebuilt binary.

# A tag for people, a digest for machines (an index of all platforms); Dependabot moves both.
FROM docker.io/library/rust:1.95.0-alpine3.23@sha256:606fd313a0f49743ee2a7bd49a0914bab7deedb12791f3a846a34a4711db7ed2 AS build
# The bill of materials is made from the sources (Cargo.lock), since a static binary names no packages.
ARG BUILDKIT_SBOM_SCAN_CONTEXT=true
ARG BUILDKIT_SBOM_SCAN_STAGE=true
# ring has C code.
RUN apk add --no-cache gcc musl-dev
WORKDIR /build
COPY . .
# Alpine's own target is musl, hence static, on every platform: no cross-compilation, no TARGETARCH.
RUN cargo build --release --locked --bin readygate && cp target/release/readygate readygate

# GitHub mounts files that root owns, so there is no USER; it sets the working directory, so there is no WORKDIR:
# https://docs.github.com/en/actions/reference/workflows-and-actions/dockerfile-support
FROM scratch
LABEL org.opencontainers.image.title="readygate" \
      org.opencontainers.image.description="A production-readiness gate for pull requests" \
      org.opencontainers.image.source="https://github.com/readygate/readygate" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /build/readygate /readygate
ENTRYPOINT ["/readygate"]
CMD ["action"]
