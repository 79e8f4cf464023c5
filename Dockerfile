# Segue in a container: one static binary, nobody's user, one volume.
#
#   docker build -t segue .
#   docker run --rm segue version
#   docker compose up -d          # with PostgreSQL, two processes and a proxy: see docs/operate.md
#
# deploy/check.sh, and so .ci/run, runs the build's commands as they stand here.
FROM docker.io/library/golang:1.26 AS build
WORKDIR /src
# What the build needs from elsewhere, apart, so that it is fetched again only when it changes.
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS=linux TARGETARCH=amd64
# GOEXPERIMENT=simd: the inner loops in vector instructions where the processor has them.
RUN CGO_ENABLED=0 GOEXPERIMENT=simd GOOS=$TARGETOS GOARCH=$TARGETARCH go build -buildvcs=false -ldflags="-s -w" -o /out/segue ./cmd/segue
RUN mkdir -p /out/data

FROM scratch
COPY --from=build /out/segue /segue
# A volume that is new takes owner and mode from here.
COPY --from=build --chown=65532:65532 --chmod=0700 /out/data /data
USER 65532:65532
VOLUME /data
# The database, and whatever else Segue keeps, is in /data/segue where nothing else is
# said. TMPDIR, as there is no /tmp.
ENV XDG_CONFIG_HOME=/data TMPDIR=/data SEGUE_ADDR=0.0.0.0:8080 SEGUE_LOG_LEVEL=info SEGUE_LOG_FORMAT=json
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 CMD ["/segue", "health"]
ENTRYPOINT ["/segue"]
CMD ["serve"]
