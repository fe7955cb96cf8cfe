"""Signatures and the AES envelope of WeChat and WeCom callbacks, from the platform's side."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32  # PKCS#7 over 32 bytes, not AES's own 16: the platform's rule
PREFIX = 16
LENGTH = 4


class EnvelopeError(Exception):
    """What the product sent back cannot be opened."""


def signature(*parts: str) -> str:
    """Join the sorted parts and hash them, as every callback of both platforms does."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Envelope:
    """One receiver's secrets. `receiver` is the AppID, the CorpID, or empty for the group bot."""

    token: str
    aes_key: str
    receiver: str

    def _cipher(self) -> Cipher[modes.CBC]:
        key = base64.b64decode(self.aes_key + "=")
        return Cipher(algorithms.AES(key), modes.CBC(key[:16]))

    def seal(self, text: str) -> str:
        message = text.encode()
        plain = secrets.token_bytes(PREFIX) + len(message).to_bytes(LENGTH, "big") + message
        plain += self.receiver.encode()
        pad = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher().encryptor()
        sealed = encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()
        return base64.b64encode(sealed).decode()

    def open(self, encrypted: str) -> str:
        try:
            decryptor = self._cipher().decryptor()
            plain = decryptor.update(base64.b64decode(encrypted, validate=True))
            plain += decryptor.finalize()
        except ValueError as error:
            raise EnvelopeError("not a ciphertext") from error
        if not plain or not 1 <= plain[-1] <= BLOCK:
            raise EnvelopeError("wrong padding")
        content = plain[PREFIX : -plain[-1]]
        end = LENGTH + int.from_bytes(content[:LENGTH], "big")
        if content[end:].decode(errors="replace") != self.receiver:
            raise EnvelopeError("wrong receiver")
        return content[LENGTH:end].decode()

    def sign(self, timestamp: str, nonce: str, encrypted: str) -> str:
        return signature(self.token, timestamp, nonce, encrypted)

    def check(self, given: str, timestamp: str, nonce: str, encrypted: str) -> None:
        if not hmac.compare_digest(given, self.sign(timestamp, nonce, encrypted)):
            raise EnvelopeError("wrong signature")
