"""The scripted engine is a Docker Engine to Docker's own client; otherwise its faults would prove nothing."""

from __future__ import annotations

import docker
import pytest
from fake_containers import printing
from fake_engine import FakeEngine


def test_dockers_own_client_runs_a_container_on_it(fake_engine: FakeEngine) -> None:
    fake_engine.add_image("test/hello", printing(b"hello"))
    client = docker.DockerClient(base_url=f"unix://{fake_engine.socket}", version="auto", timeout=10)
    container = client.containers.create("test/hello", stdin_open=True, labels={"a": "b"})
    stream = container.attach_socket(params={"stdin": 1, "stdout": 1, "stream": 1})
    container.start()
    stream._sock.shutdown(1)
    assert stream.read(13) == b"\x01\0\0\0\0\0\0\x05hello"
    assert [found.id for found in client.containers.list(all=True, filters={"label": "a=b"})] == [
        container.id
    ]
    container.remove(force=True)
    assert fake_engine.containers == {}
    client.close()


def test_it_refuses_an_image_that_it_lacks(fake_engine: FakeEngine) -> None:
    client = docker.DockerClient(base_url=f"unix://{fake_engine.socket}", version="auto", timeout=10)
    with pytest.raises(docker.errors.ImageNotFound):
        client.containers.create("test/nothing")
    client.close()
