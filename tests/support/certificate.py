"""Makes certificates for tests."""

from __future__ import annotations

import subprocess
from pathlib import Path


def certificate_for(folder: Path, address: str) -> Path:
    """A file with a key and its own certificate for an IP address, in the form that HAProxy takes."""
    key, certificate, both = (folder / f"{name}.pem" for name in ("key", "certificate", "both"))
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += ["-days", "2", "-subj", "/CN=docker-run", "-addext", f"subjectAltName=IP:{address}"]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    both.chmod(0o600)
    return both
