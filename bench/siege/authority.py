"""Certificates for the siege: one that is good, and one for each way in which a certificate can be bad.

trustme is the authority; what it does not make, cryptography signs with the same key. samewire is given the authority
as an operator would give it: by SSL_CERT_FILE.
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


class Authority:
    """The contexts that a server may answer with, by the first label of the name that it is asked for."""

    def __init__(self) -> None:
        self._ours, self._strangers = trustme.CA(), trustme.CA()
        now = datetime.now(UTC)
        child = self._ours.create_child_ca()
        lone = child.issue_cert("tls-chain.test").private_key_and_cert_chain_pem.bytes()
        self._certificates: dict[str, bytes] = {
            "tls-good": _whole(self._ours.issue_cert("tls-good.test")),
            "tls-wildcard": _whole(self._ours.issue_cert("*.tls-wildcard.test")),
            "tls-expired": _whole(
                self._ours.issue_cert(
                    "tls-expired.test", not_before=now - timedelta(days=9), not_after=now - timedelta(days=1)
                )
            ),
            "tls-future": _whole(
                self._ours.issue_cert(
                    "tls-future.test", not_before=now + timedelta(days=1), not_after=now + timedelta(days=9)
                )
            ),
            "tls-name": _whole(self._ours.issue_cert("another.test")),
            "tls-deep": _whole(self._ours.issue_cert("*.tls-deep.test")),
            "redirect-downgrade": _whole(self._ours.issue_cert("redirect-downgrade.test")),
            "tls-ip": _whole(self._ours.issue_cert("93.184.216.34")),
            "tls-stranger": _whole(self._strangers.issue_cert("tls-stranger.test")),
            "tls-self": self._strangers.private_key_pem.bytes() + self._strangers.cert_pem.bytes(),
            "tls-chain": lone[: lone.index(b"-----END CERTIFICATE-----")] + b"-----END CERTIFICATE-----\n",
            "tls-usage": self._signed("tls-usage.test", usage=ExtendedKeyUsageOID.CLIENT_AUTH),
            "tls-common": self._signed("tls-common.test", named=False),
        }

    def trusted_pem(self) -> bytes:
        """What the operator trusts."""
        return self._ours.cert_pem.bytes()

    def context(self, folder: Path) -> ssl.SSLContext:
        """A server's context that answers each name with its certificate, and others with the good one."""
        contexts = {name: _context(folder / f"{name}.pem", pem) for name, pem in self._certificates.items()}
        first = _context(folder / "default.pem", self._certificates["tls-good"])

        def choose(connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
            labels = (name or "").split(".")
            connection.context = contexts.get(labels[-2] if len(labels) > 1 else "", first)

        first.sni_callback = choose
        return first

    def _signed(self, name: str, *, usage: x509.ObjectIdentifier | None = None, named: bool = True) -> bytes:
        """A certificate with a usage of its own, or with its name in the subject only."""
        key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
        issuer = x509.load_pem_x509_certificate(self._ours.cert_pem.bytes())
        signing = serialization.load_pem_private_key(self._ours.private_key_pem.bytes(), password=None)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False)  # type: ignore[arg-type]
        )
        if named:
            made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        if usage is not None:
            made = made.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        certificate = made.sign(signing, hashes.SHA256())  # type: ignore[arg-type]
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return private + certificate.public_bytes(serialization.Encoding.PEM)


def _whole(leaf: trustme.LeafCert) -> bytes:
    return leaf.private_key_and_cert_chain_pem.bytes()


def _context(path: Path, pem: bytes) -> ssl.SSLContext:
    path.write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
