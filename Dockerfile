# docker build -t docker-run/daemon .
#
# The daemon alone: no shell, no package manager, nothing but the program, the libraries that it loads, and the
# names of its user. docs/install/container.md shows how it is run.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    g++ cmake ninja-build pkg-config libboost1.81-dev nlohmann-json3-dev libspdlog-dev libcli11-dev \
    prometheus-cpp-dev
WORKDIR /source
COPY CMakeLists.txt CMakePresets.json ./
COPY include include
COPY src src
COPY code_runner code_runner
COPY packaging packaging
COPY systemd systemd
RUN cmake --preset release -DBUILD_TESTING=OFF \
    && cmake --build build/release --target docker-run code_runner \
    && strip build/release/docker-run
# What the loader finds it loads from the same places in the image; getaddrinfo(3) loads its parts by name.
RUN mkdir -p /image/usr/bin /image/usr/lib/docker-run /image/etc/docker-run /image/var/lib/docker-run /image/tmp \
    && cp systemd/policy.json /image/etc/docker-run/ \
    && cp build/release/docker-run /image/usr/bin/ \
    && cp build/release/code_runner/code_runner /image/usr/lib/docker-run/ \
    && ldd build/release/docker-run | grep -o '/[^ ]*' | sort -u | xargs -I{} cp --parents -L {} /image \
    && echo 'docker-run:x:900:900::/var/lib/docker-run:/nonexistent' > /image/etc/passwd \
    && echo 'docker-run:x:900:' > /image/etc/group \
    && echo 'hosts: files dns' > /image/etc/nsswitch.conf \
    && chown 900:900 /image/var/lib/docker-run && chmod 700 /image/var/lib/docker-run

FROM scratch
COPY --from=build /image /
# Its settings are those of systemd/docker-run.env, whose policy is here; these fit a container.
ENV SERVER_LISTEN_ADDR=0.0.0.0 SERVER_LISTEN_PORT=8088 SERVER_STATE_DIRECTORY=/var/lib/docker-run
VOLUME /var/lib/docker-run
EXPOSE 8088
USER docker-run
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=3 CMD ["/usr/bin/docker-run", "--health"]
ENTRYPOINT ["/usr/bin/docker-run"]
