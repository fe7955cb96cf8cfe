"""The envelope against the official vectors, against wechatpy, and against garbage."""

import base64

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from bot.platforms import envelope as envelopes
from bot.platforms.envelope import Envelope, ForgedError
from config.settings import Settings
from tests.support import wire
from tests.support.wire import APP_ID, KEY, OLD_KEY, TOKEN

OURS = Envelope(TOKEN, (KEY, OLD_KEY), APP_ID)
BOTS = Envelope(TOKEN, (KEY,), "")
BASE = {
    "public_url": "https://power.example.cn", "secret_key": "s" * 16, "field_key": "f" * 16,
}  # fmt: skip


def test_the_official_signature_vector_holds():
    signature = "899cf89e464efb63f54ddac96b0a0a235f53aa78"
    Envelope("AAAAA", (), "").check(signature, "1714037059", "486452656")


@pytest.mark.parametrize(
    ("envelope", "message", "sealed", "signature"),
    [
        (
            OURS,
            "<xml><A>停电</A></xml>",
            "Q3stYC6hdFzMh9T8HCvyDOj439eSBprbkSzk7nj97R+YlhQbNIH0uNpNOpc7D+hWwh/n4clWsMj+jlomba27Gw==",
            "ea409794d9a5aac1ae92cc1a4a8e0856a393f6ce",
        ),
        (
            BOTS,
            '{"msgtype":"text"}',
            "Q3stYC6hdFzMh9T8HCvyDD712uX8onmHUva9KNYQqhHhJQeojMWP+B2d9+v8WlysuzAHHrvUZ9vvpslnY8rN/A==",
            "06e358a0e34674f009ca572390fec3d55424977d",
        ),
    ],
)
def test_the_known_envelopes_open(envelope, message, sealed, signature):
    envelope.check(signature, "1700000000", "nonce1", sealed)
    assert envelope.open(sealed).message.decode() == message


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_wechatpy_opens_what_we_seal(message):
    sealed = OURS.seal(message.encode(), KEY)
    signature = OURS.sign("1700000000", "n", sealed)
    oracle = WeChatCrypto(TOKEN, KEY, APP_ID)
    envelope = {"Encrypt": sealed}
    assert oracle.decrypt_message(envelope, signature, "1700000000", "n") == message


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_we_open_what_wechatpy_seals(message):
    sealed = WeChatCrypto(TOKEN, OLD_KEY, APP_ID).encrypt_message(message, "n", "1700000000")
    fields = xmltodict.parse(sealed)["xml"]
    OURS.check(fields["MsgSignature"], "1700000000", "n", fields["Encrypt"])
    opened = OURS.open(fields["Encrypt"])
    assert (opened.message.decode(), opened.key) == (message, OLD_KEY)


@given(st.text(max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_no_other_signature_passes(given_signature, stamp, nonce):
    if given_signature != OURS.sign(_utf8(stamp), _utf8(nonce)):
        with pytest.raises(ForgedError):
            OURS.check(_utf8(given_signature), _utf8(stamp), _utf8(nonce))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=100))
def test_no_text_breaks_the_opening(sealed):
    with pytest.raises(ForgedError):
        OURS.open(sealed)


@given(st.binary(min_size=16, max_size=200))
def test_no_frame_breaks_the_opening(plain):
    plain = plain[: len(plain) // 16 * 16]
    with pytest.raises(ForgedError):
        OURS.open(wire.encrypt_raw(plain))
    with pytest.raises(ForgedError):
        OURS.open(base64.b64encode(plain).decode())


def test_two_envelopes_of_one_message_differ():
    assert OURS.seal(b"x", KEY) != OURS.seal(b"x", KEY)


def test_an_empty_message_travels():
    assert OURS.open(OURS.seal(b"", KEY)).message == b""


def test_signatures_agree_with_wechatpy():
    check_signature(TOKEN, OURS.sign("1700000000", "n"), "1700000000", "n")


def test_settings_decide_mode_keys_and_receiver():
    settings = Settings.model_validate({
        **BASE, "wechat_token": "t1", "wechat_app_id": APP_ID, "wechat_aes_key_previous": OLD_KEY,
        "wecom_token": "t2", "wecom_corp_id": "ww1", "wecom_aes_key": KEY,
        "wecom_aes_key_previous": OLD_KEY, "aibot_token": "t3", "aibot_aes_key": KEY,
    })  # fmt: skip
    assert envelopes.of_wechat(settings) == Envelope("t1", (), APP_ID)
    assert envelopes.of_wechat(settings).is_plain
    assert envelopes.of_wecom(settings) == Envelope("t2", (KEY, OLD_KEY), "ww1")
    assert envelopes.of_aibot(settings) == Envelope("t3", (KEY,), "")


def _utf8(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
