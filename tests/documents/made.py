"""Files as people send them, made for a test."""

import io
import zipfile

import docx
import pypdf
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from fpdf import FPDF
from fpdf.enums import EncryptionMethod
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject


def pdf(*lines: str, password: str = "", owner: str = "", links: tuple[str, ...] = ()) -> bytes:
    """A PDF with these lines, the last ones linked; with a password, one that asks for it."""
    made = FPDF()
    made.add_page()
    made.set_font("Helvetica")
    linked = ["", *[""] * len(lines), *links][-len(lines) :]
    for line, link in zip(lines, linked, strict=True):
        made.cell(0, 8, line, new_x="LMARGIN", new_y="NEXT", link=link)
    if password or owner:
        made.set_encryption(
            owner_password=owner or "owner",
            user_password=password or None,
            encryption_method=EncryptionMethod.RC4,
        )
    return bytes(made.output())


def pdf_of_a_broken_link(line: str) -> bytes:
    """A PDF with a line, and a link whose action is a number."""
    writer = pypdf.PdfWriter(io.BytesIO(pdf(line)))
    note = DictionaryObject()
    note[NameObject("/Subtype")] = NameObject("/Link")
    note[NameObject("/A")] = NumberObject(7)
    writer.pages[0][NameObject("/Annots")] = ArrayObject([note])
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


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


def linked_word(*lines: str, links: tuple[str, ...]) -> bytes:
    """A Word document whose lines are each linked to an address."""
    document = docx.Document()
    for line, link in zip(lines, links, strict=True):
        words = OxmlElement("w:hyperlink")
        words.set(qn("r:id"), document.part.relate_to(link, RT.HYPERLINK, is_external=True))
        paragraph = document.add_paragraph()
        words.append(paragraph.add_run(line)._r)
        paragraph._p.append(words)
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
