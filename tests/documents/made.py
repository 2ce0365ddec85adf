"""Files as people send them, made for a test."""

import io
import zipfile

import docx
import pypdf
from fpdf import FPDF
from fpdf.enums import EncryptionMethod


def pdf(*lines: str, password: str = "", owner: str = "") -> bytes:
    """A PDF with these lines; with a password, one that asks for it."""
    made = FPDF()
    made.add_page()
    made.set_font("Helvetica")
    for line in lines:
        made.cell(0, 8, line, new_x="LMARGIN", new_y="NEXT")
    if password or owner:
        made.set_encryption(
            owner_password=owner or "owner",
            user_password=password or None,
            encryption_method=EncryptionMethod.RC4,
        )
    return bytes(made.output())


def scan() -> bytes:
    """A PDF of pages without any text."""
    made = io.BytesIO()
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(made)
    return made.getvalue()


def word(*lines: str, table: tuple[str, ...] = ()) -> bytes:
    """A Word document of these paragraphs, and a table of one row."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    if table:
        row = document.add_table(1, len(table))
        for place, text in enumerate(table):
            row.cell(0, place).text = text
    return saved(document)


def saved(document) -> bytes:
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def packed(**parts: bytes) -> bytes:
    """A zip of parts, as a DOCX is one."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return made.getvalue()
