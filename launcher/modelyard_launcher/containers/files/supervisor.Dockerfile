# syntax=docker/dockerfile:1
# The image of `modelyard job supervise --in-cloud`. `modelyard job build --supervisor` builds it: the context has
# modelyard itself as a wheel, and the versions of what it needs.

# Tag and digest of the multi-platform index, as public Dockerfiles pin it (seen 2026-11). To move on, look both up
# with `docker buildx imagetools inspect` and give --build-arg BASE_IMAGE=...@sha256:...
ARG BASE_IMAGE=python:3.11.14-slim-bookworm@sha256:65a93d69fa75478d554f4ad27c85c1e69fa184956261b4301ebaf6dbb0a3543d
FROM ${BASE_IMAGE}

ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="modelyard supervisor" \
      org.opencontainers.image.description="Sees training runs through failures of machines and regions" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1

WORKDIR /app
COPY modelyard-*.whl constraints.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --constraint constraints.txt \
      "$(echo ./modelyard-*.whl)[aws]" && pip check

RUN groupadd --gid 10001 supervisor \
 && useradd --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin supervisor
USER 10001:10001

# A backend replaces the command and can't replace an entry point (AWS Batch has no field for it), so there is none.
CMD ["modelyard", "job", "supervise", "--help"]
