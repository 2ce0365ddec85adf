"""The rules of docs/architecture.md that a machine can hold, read from the sources with `ast`.

`faults(root)` walks a tree and says every break as a sentence with its place. The tests of these
rules, and the run over our own tree, stand in test_architecture.py.
"""

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

# Lowest first. A name imports only from lines above its own, never from its own line.
ORDER = (
    "clock config errors lengths permissions",
    "texts",
    "money documents sqlite",
    "db",
    "lifecycle outbox web",
    "taxonomy",
    "accounts",
    "notifications",
    "parks",
    "profiles",
    "jobs",
    "contracts",
    "matching",
    "searches",
    "home",
    "demo imports moving",
    "worker",
    "cli",
    "factory",
)
RANK = {name: rank for rank, line in enumerate(ORDER) for name in line.split()}

# Each heavy library has one home: a file, or a folder with all it holds.
HOMES = {
    "argon2": ("app/accounts/passwords.py",),
    "docx": ("app/documents/parsing.py",),
    "faiss": ("app/matching/engine/kernels.py",),
    "flask_compress": ("app/factory.py",),
    "flask_migrate": ("app/factory.py",),
    "flask_sqlalchemy": ("app/web/database.py",),
    "gunicorn": ("app/web/serving.py",),
    "onnx": ("app/matching/eight_bits.py",),
    "onnxruntime": ("app/matching/encoder.py", "app/matching/eight_bits.py"),
    "pypdf": ("app/documents/parsing.py",),
    "pysqlite3": ("app/sqlite.py",),
    "sentence_transformers": ("app/matching/export.py",),
    "stripe": ("app/payments/gateway.py",),
    "tokenizers": ("app/matching/encoder.py",),
    "torch": ("app/matching/export.py",),
    "transformers": ("app/matching/export.py",),
    "waitress": ("app/web/serving.py",),
    "zxcvbn": ("app/accounts/passwords.py",),
}
# The shell: what may know the web framework, and `app.web`, which is made for it.
SHELL_FILES = frozenset({"views.py", "forms.py", "commands.py"})
FIELD_FILES = "_field.py"  # a field that forms of several packages share
SHELL_PARTS = frozenset({"web", "imports", "factory", "cli"})
FRAMEWORK = ("flask", "werkzeug", "wtforms")
ENGINE_LIBRARIES = frozenset({"numpy", "scipy", "faiss", "Stemmer"})

LATE_IMPORTS = frozenset({"app/matching/export.py"})
STATUS_MOVER = "app/lifecycle.py"
COMMITTERS = frozenset({"app/web/database.py", "app/sqlite.py"})  # the second is the driver
EMPTY_NAMES = frozenset({"utils", "helpers", "common", "misc", "manager", "constants"})
ROUTES = frozenset({"get", "post", "put", "patch", "delete", "route"})

MOST = {
    "file": 300,
    "test file": 400,
    "function": 50,
    "view": 15,
    "argument": 6,
    "column": 100,
    "template": 200,
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file of the tree."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def part(self) -> str:
        """The name under `app` that this file belongs to; empty for `app` itself."""
        return self.module.partition(".")[2].partition(".")[0]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def is_shell(self) -> bool:
        is_shell_file = self.name in SHELL_FILES or self.name.endswith(FIELD_FILES)
        return is_shell_file or self.part in SHELL_PARTS

    def nodes(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def at(self, line: int, words: str) -> str:
        return f"{self.path}:{line}: {words}"


class Tree:
    """All the sources under a root, and what each of them imports."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sources = [
            Source(str(file.relative_to(root)), file.read_text())
            for folder in ("app", "tests", "tools", "bench")
            for file in sorted((root / folder).rglob("*.py"))
        ]
        self.modules = {source.module for source in self.sources}
        self.app = [source for source in self.sources if source.path.startswith("app/")]

    def imports(self, source: Source) -> Iterator[tuple[int, str]]:
        """Every import with its line, named down to the module where the tree has it."""
        for node in source.nodes(ast.Import, ast.ImportFrom):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif node.level == 0:
                for alias in node.names:
                    deeper = f"{node.module}.{alias.name}"
                    yield node.lineno, deeper if deeper in self.modules else node.module or ""

    def inner_imports(self, source: Source) -> Iterator[tuple[int, str]]:
        return ((line, name) for line, name in self.imports(source) if under(name, "app"))


def under(name: str, package: str) -> bool:
    """Tell whether a dotted name is the package or lies in it."""
    return name == package or name.startswith(package + ".")


def order_of_parts(tree: Tree) -> Iterator[str]:
    for source in tree.app:
        if not source.part:
            continue
        if source.part not in RANK:
            yield source.at(1, f"{source.part} has no place in the order of imports")
            continue
        for line, name in tree.inner_imports(source):
            other = name.split(".")[1] if "." in name else ""
            if other != source.part and RANK.get(other, 99) >= RANK[source.part]:
                yield source.at(line, f"{source.part} must not import {name}")


def order_inside_a_package(tree: Tree) -> Iterator[str]:
    for source in tree.app:
        for line, name in tree.inner_imports(source):
            last = name.rpartition(".")[2]
            if last == "views" and source.path != "app/factory.py":
                yield source.at(line, f"nobody imports a view: {name}")
            if last == "commands" and source.part not in ("cli", "factory"):
                yield source.at(line, f"only the cli imports commands: {name}")
            if last == "forms" and not source.is_shell:
                yield source.at(line, f"only views import a form: {name}")
            if under(name, "app.web") and not source.is_shell:
                yield source.at(line, f"only views, forms and commands import {name}")


def circles(tree: Tree) -> Iterator[str]:
    wants = {source.module: {n for _, n in tree.inner_imports(source)} for source in tree.app}
    for source in tree.app:
        reached: set[str] = set()
        waiting = list(wants[source.module])
        while waiting:
            module = waiting.pop()
            if module not in reached:
                reached.add(module)
                waiting.extend(wants.get(module, ()))
        if source.module in reached:
            yield source.at(1, "stands in a circle of imports")


def libraries_at_home(tree: Tree) -> Iterator[str]:
    for source in tree.app:
        for line, name in tree.imports(source):
            library = name.partition(".")[0]
            if library in HOMES and not source.path.startswith(HOMES[library]):
                yield source.at(line, f"{library} is imported outside its home")
            elif library.startswith(FRAMEWORK) and not source.is_shell and library not in HOMES:
                yield source.at(line, f"the domain does not know {library}")


def pure_engine(tree: Tree) -> Iterator[str]:
    for source in tree.app:
        if not under(source.module, "app.matching.engine"):
            continue
        for line, name in tree.imports(source):
            library = name.partition(".")[0]
            pure = library in sys.stdlib_module_names or library in ENGINE_LIBRARIES
            if not pure and not under(name, "app.matching.engine"):
                yield source.at(line, f"the engine is pure and must not import {name}")


def shape_of_imports(tree: Tree) -> Iterator[str]:
    for source in tree.sources:
        for node in source.nodes(ast.ImportFrom):
            if node.level:
                yield source.at(node.lineno, "a relative import")
        if source.path in LATE_IMPORTS:
            continue
        for function in source.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield source.at(node.lineno, "an import inside a function")


def telling_names(tree: Tree) -> Iterator[str]:
    for source in tree.sources:
        for name in source.module.split("."):
            if name in EMPTY_NAMES:
                yield source.at(1, f"{name} is no name for a module")


def opening_words(tree: Tree) -> Iterator[str]:
    for source in tree.app:
        if not ast.get_docstring(source.tree):
            yield source.at(1, "a module opens with a sentence on what lives in it")


def status_moves(tree: Tree) -> Iterator[str]:
    for source in tree.app:
        if source.path == STATUS_MOVER:
            continue
        for node in source.nodes(ast.Attribute, ast.Call):
            if isinstance(node, ast.Attribute):
                if node.attr == "status" and isinstance(node.ctx, ast.Store):
                    yield source.at(node.lineno, "status moves only through lifecycle.advance")
            elif _updates_status(node):
                yield source.at(node.lineno, "status moves only through lifecycle.advance")


def _updates_status(call: ast.Call) -> bool:
    """Tell `update(...)....values(status=...)` and `setattr(thing, "status", ...)`."""
    if isinstance(call.func, ast.Name) and call.func.id == "setattr":
        return ast.unparse(call.args[1]) == "'status'"
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "values"
        and any(keyword.arg == "status" for keyword in call.keywords)
        and ast.unparse(call.func.value).startswith(("update(", "sqlalchemy.update("))
    )


def one_committer(tree: Tree) -> Iterator[str]:
    for source in tree.app:
        if source.path in COMMITTERS:
            continue
        for node in source.nodes(ast.Attribute):
            if node.attr == "commit":
                yield source.at(node.lineno, "only app/web/database.py commits")


def sizes(tree: Tree) -> Iterator[str]:
    for source in tree.sources:
        kind = "file" if source.path.startswith("app/") else "test file"
        lines = source.text.splitlines()
        yield from _too_many(source, 1, kind, len(lines), "lines")
        for number, line in enumerate(lines, 1):
            yield from _too_many(source, number, "column", len(line), "wide")
        for function in source.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
            yield from _sizes_of_function(source, function)


def _sizes_of_function(source: Source, function: Function) -> Iterator[str]:
    length = (function.end_lineno or function.lineno) - function.lineno + 1
    kind = "view" if source.name == "views.py" and _is_route(function) else "function"
    yield from _too_many(source, function.lineno, kind, length, f"lines in {function.name}")
    given = function.args
    names = [arg.arg for arg in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    count = len([name for name in names if name not in ("self", "cls")])
    yield from _too_many(source, function.lineno, "argument", count, f"taken by {function.name}")


def _is_route(function: Function) -> bool:
    return any(
        isinstance(mark, ast.Call)
        and isinstance(mark.func, ast.Attribute)
        and mark.func.attr in ROUTES
        for mark in function.decorator_list
    )


def _too_many(source: Source, line: int, kind: str, count: int, what: str) -> Iterator[str]:
    if count > MOST[kind]:
        yield source.at(line, f"{count} {what}; at most {MOST[kind]} for each {kind}")


def sizes_of_templates(tree: Tree) -> Iterator[str]:
    for file in sorted((tree.root / "app/templates").rglob("*.*")):
        count = len(file.read_text().splitlines())
        if count > MOST["template"]:
            yield f"{file.relative_to(tree.root)}:1: {count} lines in a template"


RULES: tuple[Callable[[Tree], Iterator[str]], ...] = (
    order_of_parts,
    order_inside_a_package,
    circles,
    libraries_at_home,
    pure_engine,
    shape_of_imports,
    telling_names,
    opening_words,
    status_moves,
    one_committer,
    sizes,
    sizes_of_templates,
)


def faults(root: Path) -> list[str]:
    """Say every break of the rules in the tree under `root`, each with its file and line."""
    tree = Tree(root)
    return [fault for rule in RULES for fault in rule(tree)]
