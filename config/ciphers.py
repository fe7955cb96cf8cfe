"""Encrypt personal fields and find them again through keyed blind indexes."""

import base64
import hmac
import os
import re
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12
KEY_ID = 8


class CipherError(ValueError):
    """A field that none of the configured keys opens."""


def derive(secret: str, purpose: bytes) -> bytes:
    """A 32-byte key from any secret text (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())


class FieldCipher:
    """AES-256-GCM over short texts; the first secret writes, all of them read.

    A value is `k:` + key id + `:` + base64(nonce || ciphertext || tag). Blind indexes always use
    the last secret, so that a new key in front leaves look-ups as they are.
    """

    def __init__(self, secrets: tuple[str, ...]) -> None:
        keys = [derive(secret, b"gridbot field encryption") for secret in secrets]
        self._ids = [sha256(key).hexdigest()[:KEY_ID] for key in keys]
        self._ciphers = {name: AESGCM(key) for name, key in zip(self._ids, keys, strict=True)}
        self._index_key = derive(secrets[-1], b"gridbot blind index")

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(NONCE)
        sealed = self._ciphers[self._ids[0]].encrypt(nonce, text.encode(), None)
        return f"{self.prefix}{base64.b64encode(nonce + sealed).decode()}"

    def decrypt(self, stored: str) -> str:
        """Open a stored value; raises CipherError when no configured key fits."""
        _, name, sealed = stored.split(":", 2)
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise CipherError(f"no key {name} in GRIDBOT_FIELD_KEY; keep old keys behind the new")
        raw = base64.b64decode(sealed)
        try:
            return cipher.decrypt(raw[:NONCE], raw[NONCE:], None).decode()
        except InvalidTag as error:
            raise CipherError("a stored field was damaged or written with another key") from error

    def seal(self, content: bytes) -> bytes:
        """Encrypt a file's bytes: key id || nonce || ciphertext || tag."""
        nonce = os.urandom(NONCE)
        name = self._ids[0]
        return name.encode() + nonce + self._ciphers[name].encrypt(nonce, content, None)

    def unseal(self, stored: bytes) -> bytes:
        """Open a sealed file; raises CipherError when no configured key fits."""
        cipher = self._ciphers.get(stored[:KEY_ID].decode("ascii", "replace"))
        if cipher is None:
            raise CipherError("no key of this file in GRIDBOT_FIELD_KEY; keep old keys behind")
        nonce, sealed = stored[KEY_ID : KEY_ID + NONCE], stored[KEY_ID + NONCE :]
        try:
            return cipher.decrypt(nonce, sealed, None)
        except InvalidTag as error:
            raise CipherError("a stored file was damaged") from error

    @property
    def prefix(self) -> str:
        """How a value begins that the first key wrote."""
        return f"k:{self._ids[0]}:"

    def is_current_file(self, stored: bytes) -> bool:
        """Whether the first key sealed a file."""
        return stored[:KEY_ID] == self._ids[0].encode()

    def index(self, value: str, purpose: str) -> str:
        """A keyed fingerprint for equality look-ups; one purpose's never equals another's."""
        bare = re.sub(r"[\s-]", "", value)
        return hmac.new(self._index_key, f"{purpose}\0{bare}".encode(), sha256).hexdigest()[:40]
