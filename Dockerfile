# Two stages: the first compiles, the second holds one static file, the
# certificates that mail and webhooks are checked against, and two empty folders.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# The proof run would show a binary without SQLite: it starts, but opens nothing.
RUN make static && bin/allclear migrate --data /tmp/proof
RUN mkdir -p /image/data /image/tmp

FROM scratch
COPY --from=build --chown=65532:65532 /image /
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /src/bin/allclear /allclear
USER 65532:65532
ENV ALLCLEAR_DATA=/data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/allclear"]
CMD ["serve"]
