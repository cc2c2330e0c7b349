# Faux0 as one static binary on nothing: docker build -t faux0 .
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/faux0 ./cmd/faux0 \
 && mkdir -p /out/ca

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/faux0 /faux0
# The local CA lives here. A volume keeps it, so a browser has to trust it only once.
COPY --from=build --chown=65532:65532 /out/ca /ca
# Inside a container the network is the container's own; who may reach it is
# decided where its port is published (see docker-compose.yml).
ENV FAUX0_ADDR=0.0.0.0:4400 \
    FAUX0_OPEN=true \
    FAUX0_TLS=/ca
USER 65532:65532
VOLUME /ca
EXPOSE 4400
HEALTHCHECK --interval=2s --timeout=10s --start-period=1m --retries=5 CMD ["/faux0", "health"]
ENTRYPOINT ["/faux0"]
CMD ["serve"]
