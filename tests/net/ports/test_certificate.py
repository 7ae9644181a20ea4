"""The subject of a certificate is read, and what is none does no harm."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.ports.certificate import subject


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate, and is not here")
    folder: Path = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-subj", "/C=DE/O=Küche \u202e/CN=dev.example", "-utf8", "-days", "2",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    return ssl.PEM_cert_to_DER_cert((folder / "cert.pem").read_text())


def test_name_and_organisation_are_read_and_nothing_is_hidden_in_them(certificate: bytes) -> None:
    assert subject(certificate) == "O=Küche ⟨U+202E⟩, CN=dev.example"


def test_a_certificate_that_is_cut_anywhere_names_nobody(certificate: bytes) -> None:
    assert {subject(certificate[:length]) for length in range(len(certificate))} == {None}


@given(st.binary(max_size=200))
def test_any_bytes_are_taken(data: bytes) -> None:
    assert subject(data) is None
