"""What comes in from outside: replays, bombs, addresses to fetch, keys to rotate."""

import io
import os
import zipfile
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from openpyxl import Workbook
from PIL import Image

from bot import media, privacy, rotation
from bot.access.models import AuditEntry
from bot.conversation import forgetting
from bot.conversation.models import Conversation, InboxMessage, Utterance
from bot.media import UnusableMediaError
from bot.platforms.http import Media as Fetched
from config.ciphers import FieldCipher
from config.database import Database
from handlers.customers.models import Customer
from handlers.customers.service import find_by_account
from handlers.privacy import erasure
from handlers.registry import reading
from handlers.registry.shapes import SHAPES
from handlers.tickets.models import Media, Ticket
from tests.bot.access.conftest import ACCOUNT, KEYS, NAME, OPENID
from tests.support import wire
from tests.support.desks import NOW, make_desk


def push(parts, client, *, offset: int = 0, text: str = "你好", number: str = "1"):
    """A sealed message of the Official Account at a time, as the platform sends it."""
    settings = parts.settings
    at = str(int(NOW.timestamp()) + offset)
    message = wire.xml(
        {
            "ToUserName": settings.wechat_original_id,
            "FromUserName": OPENID,
            "CreateTime": at,
            "MsgType": "text",
            "Content": text,
            "MsgId": number,
        }
    )
    sealed = wire.seal(message, settings.wechat_app_id, KEYS.wechat_aes)
    token = settings.wechat_token.get_secret_value()
    query = {
        "timestamp": at,
        "nonce": "n",
        "signature": wire.sign(token, at, "n"),
        "msg_signature": wire.sign(token, at, "n", sealed),
    }
    return client.post("/wechat/callback", query_string=query, data=wire.xml({"Encrypt": sealed}))


@pytest.mark.parametrize(
    ("offset", "status"), [(0, 200), (-590, 200), (590, 200), (-610, 403), (610, 403)]
)
def test_an_old_push_is_refused_and_a_young_one_taken(parts, client, offset, status):
    assert push(parts, client, offset=offset).status_code == status


def test_a_replay_within_the_window_does_nothing_twice(parts, client):
    for _ in range(3):
        assert push(parts, client, text="棉纺一厂宿舍3栋停电了").status_code == 200
    with parts.database.reading() as session:
        said = session.scalars(sa.select(Utterance).where(Utterance.speaker == "resident")).all()
        assert len(said) == 1
        assert len(session.scalars(sa.select(InboxMessage)).all()) == 1


def picture(kind: str, size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("1" if kind == "PNG" else "RGB", size).save(out, kind)
    return out.getvalue()


def test_an_image_of_too_many_pixels_is_not_unpacked():
    bomb = picture("PNG", (8000, 8000))
    assert len(bomb) < 100_000
    with pytest.raises(UnusableMediaError):
        media._checked("image", bomb, "image/png")


@pytest.mark.parametrize("kind", ["EPS", "TIFF", "PDF", "ICO", "PPM"])
def test_only_what_phones_send_is_read(kind):
    with pytest.raises(UnusableMediaError):
        media._checked("image", picture(kind, (64, 64)), "image/jpeg")


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"<svg onload=alert(1)>", b"\xff\xd8\xff" + b"\0" * 99]
)
def test_what_is_no_image_is_refused(content):
    with pytest.raises(UnusableMediaError):
        media._checked("image", content, "image/jpeg")


def photo(kind: str) -> bytes:
    """A picture with metadata, large enough for several chunks."""
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a phone"
    Image.effect_noise((600, 480), 50).convert("RGB").save(out, kind, exif=exif)
    return out.getvalue()


def damaged(kind: str, old: bytes, new: bytes) -> bytes:
    """A photo with its last piece of such bytes spoiled."""
    head, found, tail = photo(kind).rpartition(old)
    assert found
    return head + new + tail


# Found by fuzzing: Pillow ends each of them with another kind of exception.
DAMAGED = {
    "a chunk without a name": ("PNG", b"IDAT", b"9;;\xfb"),
    "a turn that is no number": ("JPEG", b"\x01\x12\x00\x03", b"\x01\x12\x00\x02"),
    "metadata without a head": ("JPEG", b"MM\x00*", b"MM\x00\xca"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_image_is_read_or_refused_and_holds_up_no_other(parts, monkeypatch, name):
    content = damaged(*DAMAGED[name])
    with parts.database.scope() as session:
        session.add_all(waiting_media(number) for number in ("m1", "m2"))
    sent = {"m1": content, "m2": photo("JPEG")}
    monkeypatch.setattr(
        type(parts.wechat), "media", lambda _, media_id: Fetched(sent[media_id], "image/jpeg")
    )
    media.fetch_waiting(parts)
    with parts.database.reading() as session:
        states = dict(session.execute(sa.select(Media.media_id, Media.state)).all())
    assert states["m2"] == "kept"
    assert states["m1"] in {"kept", "refused"}


def waiting_media(media_id: str) -> Media:
    return Media(
        openid=OPENID,
        kind="image",
        platform="official_account",
        media_id=media_id,
        state="waiting",
        received_at=NOW,
    )


def test_a_kept_image_has_lost_where_it_was_taken():
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F], exif[0x8825] = "phone", {1: "N", 2: (28.0, 40.0, 0.0)}
    Image.new("RGB", (64, 64)).save(out, "JPEG", exif=exif)
    kept, kind = media._checked("image", out.getvalue(), "image/jpeg")
    assert kind == "image/jpeg"
    assert dict(Image.open(io.BytesIO(kept)).getexif()) == {}


@pytest.mark.parametrize("told", ["text/html", "image/svg+xml", "application/x-sh"])
def test_a_video_that_is_none_is_refused(told):
    with pytest.raises(UnusableMediaError):
        media._checked("video", b"<script>", told)


def test_no_address_of_a_message_is_ever_fetched(parts, client, monkeypatch):
    """A picture comes with a PicUrl: only its media id goes to the platform's own API base."""
    reached = []

    def refuse(self, request, **_):
        reached.append(str(request.url))
        raise httpx.ConnectError("no network")

    monkeypatch.setattr(httpx.Client, "send", refuse)
    with parts.working() as desk:
        desk.session.add(
            Media(
                openid=OPENID,
                kind="image",
                platform="official_account",
                media_id="http://169.254.169.254/latest?x=/../..",
                received_at=NOW,
            )
        )
    media.fetch_waiting(parts)
    assert reached
    assert all(address.startswith(parts.settings.wechat_api_base) for address in reached)


def book(folder: Path, name: str, content: bytes) -> Path:
    path = folder / "city.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return path


def test_a_zip_bomb_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_UNPACKED_BYTES", 10_000_000)
    path = book(tmp_path, "xl/worksheets/sheet1.xml", b" " * 20_000_000)
    assert path.stat().st_size < 100_000
    _, _, faults = reading.read(path)
    assert "太大" in str(faults[0])


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {b} "{("&" + a + ";") * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_a_workbook_whose_xml_explodes_is_refused(tmp_path):
    path = tmp_path / "city.xlsx"
    made = Workbook()
    made.active.title = next(iter(SHAPES))
    made.active.append(["x"])
    made.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/workbook.xml"] = f"{BOMB}]><workbook>&i;</workbook>".encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    _, _, faults = reading.read(path)
    assert faults


def test_who_stops_following_leaves_no_words_behind(parts, client):
    push(parts, client, text="我叫王芳，棉纺一厂宿舍3栋停电了")
    with parts.working() as desk:
        forgetting.leave(desk, OPENID)
    with parts.database.reading() as session:
        assert session.scalars(sa.select(Utterance)).all() == []
        assert [row.reply for row in session.scalars(sa.select(InboxMessage))] == [None]
    assert push(parts, client, text="我叫王芳，棉纺一厂宿舍3栋停电了").status_code == 200
    with parts.database.reading() as session:
        assert session.scalars(sa.select(Utterance)).all() == []


def test_the_doors_give_a_copy_and_erase(parts, client, ticket):
    push(parts, client, text="你好")
    with parts.working() as desk:
        copy = privacy.export_person(desk, OPENID, with_residents=False, by="admin")
    assert "你好" in [line["text"] for line in copy["conversation"]]
    with parts.working() as desk:
        done = privacy.erase_person(desk, OPENID, with_residents=False, by="admin")
    assert done.kept == [ticket]
    with parts.database.reading() as session:
        assert session.scalars(sa.select(Conversation)).all() == []


def test_no_row_of_the_inbox_names_the_erased(parts, client):
    push(parts, client, text="你好")
    push(parts, client, text="在吗", number="")  # known by its sender, as events are
    with parts.working() as desk:
        privacy.erase_person(desk, OPENID, with_residents=False, by="admin")
    with parts.database.reading() as session:
        rows = session.scalars(sa.select(InboxMessage)).all()
        assert rows
        assert OPENID not in str([(row.key, row.user_id, row.reply) for row in rows])


def test_the_audit_log_tells_of_an_erasure_without_naming_the_erased(parts):
    with parts.working() as desk:
        privacy.erase_person(desk, OPENID, with_residents=False, by="admin")
    with parts.database.reading() as session:
        entry = session.scalars(sa.select(AuditEntry)).one()
    assert (entry.actor, entry.action) == ("admin", "privacy_erase")
    assert OPENID not in str(vars(entry))


def test_the_sweep_removes_old_talk_and_files_without_a_row(parts, client):
    push(parts, client)
    old = NOW - timedelta(days=400)
    with parts.database.scope() as session:
        for table in (Utterance, InboxMessage, Conversation):
            moment = {Utterance: "at", InboxMessage: "received_at", Conversation: "updated_at"}
            session.execute(sa.update(table).values({moment[table]: old}))
    orphan = privacy.folder(parts) / "orphan"
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"x")
    os.utime(orphan, (0, 0))
    assert privacy.sweep(parts) >= 4
    assert not orphan.exists()
    with parts.database.reading() as session:
        for table in (Utterance, InboxMessage, Conversation):
            assert session.scalars(sa.select(table)).all() == [], table


def test_a_new_key_writes_everything_anew_and_numbers_are_still_found(parts, ticket):
    old = parts.settings.field_secrets
    new = ("a-new-field-key-00", *old)
    url = parts.database.engine.url.render_as_string(hide_password=False)
    folder = privacy.folder(parts)
    folder.mkdir(exist_ok=True)
    (folder / "f1").write_bytes(FieldCipher(old).seal(b"picture"))
    database = Database(url, FieldCipher(new))
    done = rotation.rotate(database, folder)
    assert done.values > 10
    assert done.files == 1
    assert rotation.rotate(database, folder) == rotation.Rotated(0, 0)
    assert FieldCipher(new[:1]).unseal((folder / "f1").read_bytes()) == b"picture"
    with database.reading() as session:
        assert session.scalars(sa.select(Ticket)).one().name == NAME
        sealed = sa.type_coerce(Customer.account_number, sa.Text)
        assert session.scalar(sa.select(sealed)).startswith(FieldCipher(new).prefix)
        assert find_by_account(make_desk(session), ACCOUNT) is not None
    database.close()


def test_erasure_masks_what_forms_kept():
    fields = {"person": "王芳", "room": "3栋2单元501", "notes": ["王芳 19900002625"], "n": 3}
    hidden = erasure._without(fields, ["王芳"])
    assert hidden == {"person": "王*", "room": "3栋***", "notes": ["王* 199****2625"], "n": 3}
