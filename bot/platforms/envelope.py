"""Signatures and the AES envelope that the callbacks of both platforms share.

wechatpy gives the cipher, the padding and the signature; the checks it leaves out (padding, length,
receiver, constant time) are made here. The scheme: 消息加解密说明 of both platforms.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass

from wechatpy.crypto.base import WeChatCipher
from wechatpy.crypto.pkcs7 import PKCS7Encoder
from wechatpy.utils import WeChatSigner

from config.settings import AesKey, Settings

PREFIX = 16  # random bytes before the message
LENGTH = 4  # its length, big-endian
BLOCK = 16


class ForgedError(Exception):
    """What came in was not made by the platform for us, or has been changed on its way."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A decrypted message and the key it was sealed with, which its reply takes as well."""

    message: bytes
    key: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """What one callback shares with its platform.

    `keys` are EncodingAESKeys, the current one first; without any the messages are plain.
    `receiver` is the AppID, the CorpID, or empty for the group bot.
    """

    token: str
    keys: tuple[str, ...]
    receiver: str

    @property
    def is_plain(self) -> bool:
        return not self.keys

    def check(self, given: str, *signed: str) -> None:
        """Compare a signature over the token and these parts; raises ForgedError."""
        if not hmac.compare_digest(given.encode(), self.sign(*signed).encode()):
            raise ForgedError("wrong signature")

    def sign(self, *parts: str) -> str:
        signer = WeChatSigner()
        signer.add_data(self.token, *parts)
        return str(signer.signature)

    def open(self, sealed: str) -> Opened:
        """Decrypt with the current key, else with the one before; raises ForgedError."""
        ciphertext = _decoded(sealed)
        for key in self.keys:
            message = self._message(WeChatCipher(_bytes(key)).decrypt(ciphertext))
            if message is not None:
                return Opened(message, key)
        raise ForgedError("wrong key, padding or receiver")

    def seal(self, message: bytes, key: str) -> str:
        plain = secrets.token_bytes(PREFIX) + len(message).to_bytes(LENGTH, "big") + message
        padded = PKCS7Encoder.encode(plain + self.receiver.encode())
        return base64.b64encode(WeChatCipher(_bytes(key)).encrypt(padded)).decode()

    def _message(self, plain: bytes) -> bytes | None:
        """The message inside a decrypted text, or None where its frame is not ours."""
        pad = plain[-1]
        if not 1 <= pad <= PKCS7Encoder.block_size or plain[-pad:] != bytes([pad]) * pad:
            return None
        content = plain[PREFIX:-pad]
        end = LENGTH + int.from_bytes(content[:LENGTH], "big")
        if len(content) < end or not hmac.compare_digest(content[end:], self.receiver.encode()):
            return None
        return content[LENGTH:end]


def of_wechat(settings: Settings) -> Envelope:
    keys = _keys(settings.wechat_aes_key, settings.wechat_aes_key_previous)
    return Envelope(settings.wechat_token.get_secret_value(), keys, settings.wechat_app_id)


def of_wecom(settings: Settings) -> Envelope:
    keys = _keys(settings.wecom_aes_key, settings.wecom_aes_key_previous)
    return Envelope(settings.wecom_token.get_secret_value(), keys, settings.wecom_corp_id)


def of_aibot(settings: Settings) -> Envelope:
    """An internal bot's receiver id is empty (WeCom, 智能机器人 加解密说明)."""
    keys = _keys(settings.aibot_aes_key, settings.aibot_aes_key_previous)
    return Envelope(settings.aibot_token.get_secret_value(), keys, "")


def _keys(current: AesKey, previous: AesKey) -> tuple[str, ...]:
    """Without a current key the mode is plain, whatever the previous one was."""
    if current is None:
        return ()
    return tuple(key.get_secret_value() for key in (current, previous) if key is not None)


def _bytes(key: str) -> bytes:
    return base64.b64decode(key + "=")


def _decoded(sealed: str) -> bytes:
    try:
        ciphertext = base64.b64decode(sealed, validate=True)
    except ValueError as error:
        raise ForgedError("not base64") from error
    if not ciphertext or len(ciphertext) % BLOCK:
        raise ForgedError("not a ciphertext")
    return ciphertext
