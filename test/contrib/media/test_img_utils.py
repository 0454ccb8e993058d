"""Pictures are loaded from every form in which programs give them, and written as requests carry them."""

from __future__ import annotations

import base64
import contextlib
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from picture_kit import PictureServer, as_bytes
from PIL import EpsImagePlugin, Image

from autogen_classic.agentchat.contrib import img_utils
from autogen_classic.agentchat.contrib._media import pictures as room
from autogen_classic.errors import (
    AddressRefusedError,
    AutogenClassicError,
    ContentRefusedError,
    FetchError,
    UnusableImageError,
)
from autogen_classic.testing.http_server import HttpResponse


def forms_of(file: str, url: str) -> dict[str, Any]:
    """One picture in every form."""
    data = Path(file).read_bytes()
    coded = base64.b64encode(data).decode()
    return {
        "file": file,
        "path": Path(file),
        "absolute": os.path.abspath(file),
        "bytes": data,
        "base64": coded,
        "wrapped base64": "\n".join(coded[place : place + 20] for place in range(0, len(coded), 20)),
        "data URI": f"data:image/png;base64,{coded}",
        "upper-case data URI": f"DATA:image/png;base64,{coded}",
        "data URI with percent signs": "data:image/png," + "".join(f"%{byte:02x}" for byte in data),
        "address": f"{url}/red.png",
        "upper-case address": f"{url}/red.png".replace("http", "HTTP"),
        "PIL image": Image.open(file),
    }


def test_every_form_of_a_picture_gives_the_same_picture(
    red_file: str, red: Image.Image, pictures: PictureServer
) -> None:
    for name, form in forms_of(red_file, pictures.url).items():
        assert img_utils.get_pil_image(form).tobytes() == red.tobytes(), name
        assert base64.b64decode(img_utils.get_image_data(form)) == as_bytes(red), name
        assert img_utils.get_image_data(form, use_b64=False) == as_bytes(red), name


def test_the_private_name_that_notebooks_import_works(red: Image.Image) -> None:
    assert img_utils._to_pil(str(img_utils.get_image_data(red))).tobytes() == red.tobytes()


def test_a_pil_image_is_returned_as_it_is(red: Image.Image) -> None:
    assert img_utils.get_pil_image(red) is red


@pytest.mark.parametrize("form", ["JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_other_kinds_of_files_become_rgb_and_are_sent_as_png(form: str, red: Image.Image) -> None:
    image = img_utils.get_pil_image(as_bytes(red, form))
    assert image.mode == "RGB"
    assert image.size == red.size
    assert img_utils.get_image_data(as_bytes(red, form), use_b64=False).startswith(b"\x89PNG")


def test_a_photo_is_turned_as_its_camera_was_held() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    photo = as_bytes(Image.new("RGB", (8, 4)), "JPEG", exif=exif)
    assert img_utils.get_pil_image(photo).size == (4, 8)


def test_base_64_gets_the_kind_of_picture_that_it_is(red: Image.Image) -> None:
    for form in ("PNG", "JPEG", "GIF", "WEBP"):
        coded = base64.b64encode(as_bytes(red, form)).decode()
        assert img_utils.convert_base64_to_data_uri(coded) == f"data:image/{form.lower()};base64,{coded}"
    assert img_utils.convert_base64_to_data_uri("aGVsbG8=") == "data:image/jpeg;base64,aGVsbG8="


def test_a_picture_that_is_huge_as_a_png_is_sent_as_a_jpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    monkeypatch.setattr(room, "_written_before", {})
    monkeypatch.setattr(room, "LARGEST_PICTURE", 30_000)
    assert len(room._written(noise, "PNG")) > 30_000
    assert img_utils.pil_to_data_uri(noise).startswith("data:image/jpeg;base64,/9j/")
    monkeypatch.setattr(room, "_written_before", {})
    monkeypatch.setattr(room, "LARGEST_PICTURE", 1000)
    with pytest.raises(UnusableImageError, match="200 x 200 pixels is larger than"):
        img_utils.pil_to_data_uri(noise)


def test_a_picture_is_written_once_until_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    write = room._written
    monkeypatch.setattr(room, "_written", lambda image, form: written.append(form) or write(image, form))
    monkeypatch.setattr(room, "_written_before", {})
    image = Image.new("RGB", (20, 20), "blue")
    uris = {img_utils.pil_to_data_uri(one) for one in (image, image, image.copy())}
    assert (len(uris), written) == (1, ["PNG"])
    image.putpixel((0, 0), (1, 2, 3))
    assert img_utils.pil_to_data_uri(image) not in uris
    grey = image.convert("L")
    assert img_utils.pil_to_data_uri(grey) != img_utils.pil_to_data_uri(Image.frombytes("P", grey.size, grey.tobytes()))
    assert len(written) == 4
    for colour in range(2 * room.MOST_KEPT):
        img_utils.pil_to_data_uri(Image.new("L", (2, 2), colour))
    assert len(room._written_before) == room.MOST_KEPT


# --- what is not a picture -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("missing.png", "'missing.png' is not there: it is neither a file"),
        ("folder", "'folder' cannot be read: "),
        ("text.txt", "'text.txt' is not a picture that pillow can read \\(5 bytes\\)"),
        ("half.png", "'half.png' is not a picture that pillow can read"),
        ("aGVsbG8=", "'aGVsbG8=' is not a picture"),
        ("data:image/png;base64,%%%", "The data URI 'data:image/png;base64,%%%' is damaged: .*not base 64"),
        ("data:image/png;base64,", "is not a picture"),
        ("", "No picture is given"),
        (" \n", "No picture is given"),
        ("file:///etc/red.png", "'file:///etc/red.png' is not fetched.* A file is given as its path"),
        ("ftp://a.example/red.png", "'ftp://a.example/red.png' is not fetched: only http and https"),
        ("a\0b", "is not there"),
        ("x" * 9999, "xxx…' is not"),
        (3, "not as 3 \\(int\\)"),
        (None, "not as None"),
        (b"hello", "'of 5 bytes' is not a picture"),
    ],
)
def test_what_is_not_a_picture_is_named_with_what_to_do(source: Any, says: str, red: Image.Image) -> None:
    Path("folder").mkdir()
    Path("text.txt").write_text("hello", encoding="utf-8")
    red.save("half.png")
    Path("half.png").write_bytes(Path("half.png").read_bytes()[:50])
    with pytest.raises(UnusableImageError, match=says):
        img_utils.get_pil_image(source)


@pytest.mark.parametrize("scheme", ["http", "HTTP", " http", "ftp"])
def test_what_is_said_of_an_address_does_not_show_its_password_and_keys(
    scheme: str, pictures: PictureServer, capsys: pytest.CaptureFixture[str]
) -> None:
    place = pictures.url.removeprefix("http://")
    pictures.pages["/junk.png"] = b"junk"
    for path in ("none", "junk.png"):
        source = f"{scheme}://user:PASSWORD99@{place}/{path}?key=SECRETKEY99"
        assert img_utils.gpt4v_formatter(f"<img '{source}'>") == [text(f"<img '{source}'>")]
        with pytest.raises(UnusableImageError) as caught:
            img_utils.get_pil_image(source)
        said = capsys.readouterr().out + str(caught.value)
        assert said.count(f"://{place}/{path}") >= 2, said
        assert "PASSWORD99" not in said
        assert "SECRETKEY99" not in said


@given(st.one_of(st.text(), st.binary(), st.builds("data:image/png;base64,{}".format, st.text())))
def test_whatever_is_given_is_a_picture_or_an_error_of_ours(source: Any) -> None:
    with contextlib.suppress(AutogenClassicError):
        assert isinstance(img_utils.get_pil_image(source), Image.Image)


def test_a_file_of_50_mb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "large.png").open("wb") as file:
        file.truncate(50 << 20)
    with pytest.raises(UnusableImageError, match=r"'large.png' is larger than 20 MB.*PIL.Image.thumbnail"):
        img_utils.get_pil_image("large.png")


def test_bytes_and_data_uris_have_the_same_limit(monkeypatch: pytest.MonkeyPatch, red: Image.Image) -> None:
    uri = img_utils.pil_to_data_uri(red)
    monkeypatch.setattr(room, "LARGEST_PICTURE", 10)
    for source in (uri, uri.partition(",")[2], base64.b64decode(uri.partition(",")[2])):
        with pytest.raises(UnusableImageError, match="is larger than"):
            img_utils.get_pil_image(source)


def test_a_picture_with_too_many_pixels_is_refused() -> None:
    bomb = as_bytes(Image.new("1", (20_000, 10_000)))
    assert len(bomb) < 100_000
    with pytest.raises(UnusableImageError, match="too many pixels"):
        img_utils.get_pil_image(bomb)


def test_postscript_that_calls_itself_a_picture_is_never_run(
    pictures: PictureServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ghostscript = tmp_path / "gs"
    ghostscript.write_text(f"#!/bin/sh\ntouch {tmp_path}/was_run\nexit 1\n", encoding="utf-8")
    ghostscript.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(EpsImagePlugin, "gs_binary", None)
    program = as_bytes(Image.new("RGB", (3, 2)), "EPS")
    pictures.pages["/program.png"] = program
    for source in (program, f"{pictures.url}/program.png"):
        with pytest.raises(UnusableImageError, match="is not a picture that pillow can read"):
            img_utils.get_pil_image(source)
    assert not (tmp_path / "was_run").exists()


def test_an_error_of_a_decoder_does_not_end_a_chat(monkeypatch: pytest.MonkeyPatch, red: Image.Image) -> None:
    def fail(image: Image.Image) -> Image.Image:
        raise subprocess.CalledProcessError(1, "decoder")

    monkeypatch.setattr(room.ImageOps, "exif_transpose", fail)
    with pytest.raises(UnusableImageError, match="is not a picture that pillow can read"):
        img_utils.get_pil_image(as_bytes(red))


def test_an_address_without_a_picture_is_refused(pictures: PictureServer) -> None:
    pictures.pages["/page"] = HttpResponse(200, b"<html>", "text/html")
    pictures.pages["/junk.png"] = b"junk"
    with pytest.raises(UnusableImageError, match="cannot be had: status 404"):
        img_utils.get_pil_image(f"{pictures.url}/none")
    with pytest.raises(ContentRefusedError, match="text/html"):
        img_utils.get_pil_image(f"{pictures.url}/page")
    with pytest.raises(UnusableImageError, match="/junk.png' is not a picture"):
        img_utils.get_pil_image(f"{pictures.url}/junk.png")
    with pytest.raises(FetchError, match="cannot be fetched"):
        img_utils.get_pil_image("http://127.0.0.1:9/red.png")


def test_an_address_that_holds_too_much_is_left_early(pictures: PictureServer) -> None:
    pictures.pages["/large"] = bytes((20 << 20) + 1)
    with pytest.raises(ContentRefusedError):
        img_utils.get_pil_image(f"{pictures.url}/large")


def test_an_address_where_clouds_keep_keys_is_never_reached(pictures: PictureServer, red: Image.Image) -> None:
    metadata = "http://169.254.169.254/latest/meta-data"
    pictures.pages["/moved.png"] = HttpResponse(302, b"", headers={"location": metadata})
    for url in (metadata, f"{pictures.url}/moved.png"):
        with pytest.raises(AddressRefusedError):
            img_utils.get_pil_image(url)


def test_private_addresses_are_reached_unless_a_program_forbids_it(
    pictures: PictureServer, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"{pictures.url}/red.png"
    for allowed in (True, ["127.0.0.1"], iter(["127.0.0.0/8"])):
        assert img_utils.get_image_data(url, allow_private_addresses=allowed)
    with pytest.raises(AddressRefusedError):
        img_utils.get_pil_image(url, allow_private_addresses=False)
    with pytest.raises(AddressRefusedError):
        img_utils.num_tokens_from_gpt_image(url, "gpt-4o", allow_private_addresses=False)
    assert img_utils.num_tokens_from_gpt_image(url, "gpt-4o", allow_private_addresses=["127.0.0.1"]) == 255
    prompt = f"<img {url}>"
    assert img_utils.gpt4v_formatter(prompt, allow_private_addresses=False) == [text(prompt)]
    assert img_utils.llava_formatter(prompt, allow_private_addresses=["10.0.0.1"]) == ("", [])
    assert capsys.readouterr().out.count("Unable to load image") == 2


def test_without_pillow_the_error_names_the_extra() -> None:
    program = (
        "import sys; sys.modules['PIL'] = None\n"
        "try:\n    import autogen_classic.agentchat.contrib.img_utils\n"
        "except ImportError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert 'pip install "autogen-classic[lmm]"' in done.stdout


def test_the_rooms_of_pictures_load_nothing_of_other_rooms() -> None:
    program = """
import sys
from autogen_classic.agentchat.contrib import gpt_assistant_agent
print("PIL" in sys.modules)
from autogen_classic.agentchat.contrib import img_utils, llava_agent, multimodal_conversable_agent
from autogen_classic.agentchat.contrib.capabilities import generate_images, vision_capability
others = ("bs4", "chromadb", "couchbase", "markitdown", "playwright", "psycopg", "pymongo", "qdrant_client",
          "selenium", "sympy", "wolframalpha", "wordllama")
print([name for name in others if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["False", "[]"]


# --- tags in texts ---------------------------------------------------------------------------------------------------


def text(said: str) -> dict[str, Any]:
    return {"type": "text", "text": said}


def picture(url: Any) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}}


def test_a_prompt_is_cut_at_its_tags(red_file: str, red: Image.Image) -> None:
    uri = img_utils.pil_to_data_uri(red)
    assert img_utils.gpt4v_formatter("What is <img red.png>?") == [text("What is "), picture(uri), text("?")]
    assert img_utils.gpt4v_formatter("<img red.png>") == [text(""), picture(uri), text("")]
    assert img_utils.gpt4v_formatter(f"<img {uri}>") == [text(""), picture(uri), text("")]
    assert img_utils.gpt4v_formatter("<img src='red.png'> b") == [text(""), picture(uri), text(" b")]
    assert img_utils.gpt4v_formatter("no picture") == [text("no picture")]
    assert img_utils.gpt4v_formatter("a < b <img> <img > <img red.png") == [text("a < b <img> <img > <img red.png")]
    assert img_utils.gpt4v_formatter("a <img x.png>", "url") == [text("a "), picture("x.png"), text("")]
    [_, loaded, _] = img_utils.gpt4v_formatter("<img red.png>", "pil")
    assert loaded["image_url"]["url"].tobytes() == red.tobytes()


def test_the_texts_among_parts_are_cut_as_well(red_file: str, red: Image.Image) -> None:
    uri = img_utils.pil_to_data_uri(red)
    assert img_utils.gpt4v_formatter([text("a <img red.png>"), picture("http://x/y.png")]) == [
        *(text("a "), picture(uri), text("")),
        picture("http://x/y.png"),
    ]


def test_a_tag_without_its_picture_stays_and_the_reader_is_told(
    red_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = img_utils.gpt4v_formatter("a <img missing.png> b <img red.png> c", "pil")
    assert parts[0] == text("a <img missing.png> b ")
    assert parts[2] == text(" c")
    said = capsys.readouterr().out
    assert said.startswith("Warning! Unable to load image from missing.png, because the picture 'missing.png' is not")
    assert said.count("\n") == 1


def test_another_format_is_refused() -> None:
    with pytest.raises(AssertionError, match="one of uri, url, pil, but it is 'png'"):
        img_utils.gpt4v_formatter("a", "png")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="must be str or list"):
        img_utils.gpt4v_formatter(None)  # type: ignore[arg-type]


def test_llava_gets_the_pictures_apart_from_the_text(red_file: str, capsys: pytest.CaptureFixture[str]) -> None:
    coded = img_utils.get_image_data(red_file)
    prompt = "<img red.png> or <img none.png> or <img red.png>?"
    assert img_utils.llava_formatter(prompt) == ("<image> or  or <image>?", [coded, coded])
    assert img_utils.llava_formatter(prompt, order_image_tokens=True)[0] == "<image 0> or  or <image 1>?"
    assert img_utils.llava_formatter("no picture") == ("no picture", [])
    assert "none.png" in capsys.readouterr().out


def test_paths_are_found_in_a_text() -> None:
    said = "see http://a.b/c.png, https://x.y/z.jpg?x=1 or (foo.GIF), ./d/e.jpeg, /abs/f.bmp and C:\\x\\y.png."
    assert img_utils.extract_img_paths(said) == [
        *("http://a.b/c.png", "https://x.y/z.jpg", "foo.GIF"),
        *("./d/e.jpeg", "/abs/f.bmp", "C:\\x\\y.png"),
    ]
    assert img_utils.extract_img_paths("![alt](http://h/i.png) 'x.png',\"y.jpg\" ~/z.png") == [
        *("http://h/i.png", "x.png", "y.jpg", "~/z.png")
    ]
    assert img_utils.extract_img_paths("png, a.webp") == []


# --- messages --------------------------------------------------------------------------------------------------------


def test_messages_are_written_as_requests_carry_them(red: Image.Image, red_file: str) -> None:
    uri = img_utils.pil_to_data_uri(red)
    detailed = {"type": "image_url", "image_url": {"url": red, "detail": "low"}}
    plain_text = {"type": "image_url", "image_url": uri}
    messages: list[dict[str, Any]] = [
        {"role": "user", "content": "x <img red.png>", "context": {"a": 1}},
        {"role": "user", "content": [text("t"), picture(red), picture("red.png"), picture("http://h/x.png"), detailed]},
        {"role": "user", "content": [plain_text, picture(uri), {"type": "audio"}, "s"]},
        {"role": "assistant", "content": None, "tool_calls": []},
    ]
    written = img_utils.message_formatter_pil_to_b64(messages)
    assert written[0] == messages[0]
    assert written[1]["content"] == [
        *(text("t"), picture(uri), picture(uri), picture("http://h/x.png")),
        {"type": "image_url", "image_url": {"url": uri, "detail": "low"}},
    ]
    assert written[2]["content"] == [picture(uri), picture(uri), {"type": "audio"}, "s"]
    assert written[3] == messages[3]
    assert messages[1]["content"][1] == picture(red)


# --- tokens ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "model", "tokens"),
    [  # the examples of OpenAI's guide, and sizes at the edges
        ((1024, 1024), "gpt-4o", 765),
        ((2048, 4096), "gpt-4o-2024-08-06", 1105),
        ((4096, 8192), "gpt-4-vision-preview", 1105),
        ((1, 1), "gpt-4o", 255),
        ((512, 512), "gpt-4o-mini", 2833 + 5667),
        ((1024, 1024), "gpt-5", 70 + 4 * 140),
        ((1024, 1024), "o1", 75 + 4 * 150),
        ((1024, 1024), "gpt-4.1-mini", 1659),
        ((1800, 2400), "gpt-4.1-mini", 2353),
    ],
)
def test_tokens_are_counted_as_openai_counts_them(size: tuple[int, int], model: str, tokens: int) -> None:
    assert img_utils.num_tokens_from_gpt_image(Image.new("RGB", size), model) == tokens


def test_a_picture_of_low_quality_costs_the_base_only(red_file: str) -> None:
    assert img_utils.num_tokens_from_gpt_image(red_file, "gpt-4o", low_quality=True) == 85
    assert img_utils.num_tokens_from_gpt_image(red_file) == 85 + 170


def test_a_model_that_is_not_known_is_refused(red: Image.Image) -> None:
    with pytest.raises(ValueError, match=r"'llama' counts pictures.*gpt-4o.*MODEL_PARAMS"):
        img_utils.num_tokens_from_gpt_image(red, "llama")


def test_pictures_survive_the_way_through_base_64(red: Image.Image) -> None:
    assert Image.open(BytesIO(base64.b64decode(img_utils.get_image_data(red)))).tobytes() == red.tobytes()


@pytest.mark.parametrize("other", ["a.png", b"x", None])
def test_what_is_not_a_picture_is_not_written_as_one(other: Any) -> None:
    with pytest.raises(TypeError, match="must be a PIL image.*get_pil_image"):
        img_utils.pil_to_data_uri(other)
