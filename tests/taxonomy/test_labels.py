"""Cleaning the names of tools."""

import pytest

from app.taxonomy import house
from app.taxonomy.labels import clean_tool, sentence_case, unqualified

MAKERS = house.read().makers
PLAIN = frozenset(
    [
        "word",
        "web",
        "browser",
        "design",
        "project",
        "office",
        "suite",
        "word",
        "processing",
        "eyeglass",
    ]
)


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("Python", "Python"),
        ("Microsoft Excel", "Microsoft Excel"),
        ("Qlik Tech QlikView", "QlikView"),
        ("The MathWorks MATLAB", "MATLAB"),
        ("ESRI ArcGIS software", "ArcGIS"),
        ("Google Workspace software", "Google Workspace"),
        ("Salesforce software", "Salesforce"),
        ("Workday software", "Workday"),
        ("Web browser software", "Web browser software"),
        ("Eyeglass design software", "Eyeglass design software"),
        ("NortonLifeLock cybersecurity software", "NortonLifeLock cybersecurity software"),
        ("Epic Systems", "Epic Systems"),
        ("Structured query language SQL", "Structured query language (SQL)"),
        ("JavaScript Object Notation JSON", "JavaScript Object Notation (JSON)"),
        ("Geographic information system GIS software", "Geographic information system (GIS)"),
        ("Amazon Elastic Compute Cloud EC2", "Amazon Elastic Compute Cloud (EC2)"),
        ("GT STRUDL", "GT STRUDL"),
        ("Sage MAS 90 ERP", "Sage MAS 90 ERP"),
    ],
)
def test_a_tool_has_a_clean_label(written: str, label: str):
    assert clean_tool(written, MAKERS, PLAIN).label == label


@pytest.mark.parametrize(
    ("written", "alias"),
    [
        ("Microsoft Excel", "Excel"),
        ("Structured query language SQL", "SQL"),
        ("Amazon Elastic Compute Cloud EC2", "EC2"),
        ("Web browser software", "Web browser"),
        ("Qlik Tech QlikView", "Qlik Tech QlikView"),
    ],
)
def test_a_tool_keeps_the_other_names_people_use(written: str, alias: str):
    cleaned = clean_tool(written, MAKERS, PLAIN)
    assert alias in cleaned.same + cleaned.loose


@pytest.mark.parametrize("written", ["Microsoft Word", "Microsoft Project", "Design software"])
def test_an_everyday_word_alone_does_not_name_a_product(written: str):
    cleaned = clean_tool(written, MAKERS, PLAIN)
    assert all(" " in name for name in cleaned.same + cleaned.loose)


def test_what_qualifies_a_label_can_be_dropped():
    assert unqualified("Ruby (computer programming)") == "Ruby"
    assert unqualified("Ruby") is None


def test_labels_begin_large_unless_they_are_brands():
    assert sentence_case("write Urdu") == "Write Urdu"
    assert sentence_case("iOS development") == "iOS development"
