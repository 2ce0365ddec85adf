"""Reading and writing a typed list of skills."""

from hypothesis import given
from hypothesis import strategies as st

from app.profiles.skill_names import exchange, extended, names_in, written
from app.taxonomy.names import name_key


def test_names_stand_between_commas_or_on_lines():
    assert names_in("Python, C++;  Node.js\r\nپائتھن، SQL\n\n• Figma,,") == [
        "Python",
        "C++",
        "Node.js",
        "پائتھن",
        "SQL",
        "Figma",
    ]


def test_a_blank_list_has_no_names():
    assert names_in(" , ;\n ") == []


def test_a_label_with_commas_is_written_as_one_name_with_the_same_key():
    label = "Promote ideas, products, services"
    (name,) = names_in(written([label]))
    assert name_key(name) == name_key(label)


def test_what_is_picked_takes_the_place_of_what_was_typed():
    picks = {name_key("Kubernets"): "Kubernetes", name_key("teamwork!"): ""}
    assert exchange("Python, kubernets\nTeamwork!", picks) == "Python, Kubernetes"


def test_without_a_pick_for_it_a_text_stays_as_typed():
    assert exchange("Python ;SQL,\n", {"excel": "Microsoft Excel"}) == "Python ;SQL,\n"


def test_labels_are_written_at_the_end():
    assert extended("Python,\n", ["Figma", " ", "Go"]) == "Python, Figma, Go"
    assert extended("", ["Figma"]) == "Figma"
    assert extended("Python ;\n", []) == "Python ;\n"


@given(st.lists(st.text(max_size=30), max_size=8))
def test_written_names_are_read_back(labels):
    kept = [" ".join(names_in(label)) for label in labels]
    kept = [" ".join(name.split()) for name in kept if name.split()]
    assert names_in(written(labels)) == kept
