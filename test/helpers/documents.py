"""Real documents of several kinds, made for a test."""

from __future__ import annotations

import io
import zipfile

WORDS = "The heron waits"


def pdf(text: str = WORDS) -> bytes:
    """A PDF of one page."""
    content = f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length " + str(len(content)).encode() + b" >>\nstream\n" + content + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    file = io.BytesIO(b"%PDF-1.4\n")
    file.seek(0, io.SEEK_END)
    places = []
    for number, one in enumerate(objects, start=1):
        places.append(file.tell())
        file.write(f"{number} 0 obj\n".encode() + one + b"\nendobj\n")
    start = file.tell()
    file.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    file.writelines(f"{place:010} 00000 n \n".encode() for place in places)
    file.write(f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    return file.getvalue()


def docx(text: str = WORDS, relations_of_document: str = "") -> bytes:
    """A document of Word with one paragraph, which may hold markup that refers to further relations."""
    kinds = "http://schemas.openxmlformats.org/package/2006/content-types"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{kinds}"><Default Extension="rels" ContentType="application/vnd.'
            f'openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="{main}"/>'
            "</Types>",
            "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{relations}">'
            f"{relations_of_document}</Relationships>",
            "word/document.xml": f'<w:document xmlns:w="{word}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p>'
            "</w:body></w:document>",
        }
    )


def xlsx(text: str = WORDS) -> bytes:
    """A workbook with one sheet called Birds."""
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Birds"
    book.active.append(["bird", "what it does"])
    book.active.append(["heron", text])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def pptx(text: str = WORDS) -> bytes:
    """A presentation with one slide."""
    import pptx as package

    slides = package.Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[5])
    slide.shapes.title.text = text
    file = io.BytesIO()
    slides.save(file)
    return file.getvalue()


def png() -> bytes:
    """A picture of four red points."""
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (2, 2), "red").save(file, "PNG")
    return file.getvalue()


def zipped(files: dict[str, str | bytes]) -> bytes:
    """An archive of some files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()
