"""plugins: a plugin is a file; its name is the file's name, and nothing is registered."""

import importlib
import pkgutil
from difflib import get_close_matches
from types import ModuleType

from stream.errors import OptionError


def names(package: str) -> list[str]:
    """Return the plugin names of `package`: its modules, dashes for underscores."""
    root = importlib.import_module(package)
    return sorted(m.name.replace("_", "-") for m in pkgutil.iter_modules(root.__path__)
                  if not m.name.startswith("_"))


def load(package: str, name: str) -> ModuleType:
    """Import plugin `name` of `package`; an unknown name is an OptionError that names the near ones."""
    known = names(package)
    if name not in known:
        kind = package.rsplit(".", 1)[-1]
        near = get_close_matches(name, known, 3) or known
        raise OptionError(f"{kind}: there is no {name!r}", f"There are: {', '.join(near)}")
    return importlib.import_module(f"{package}.{name.replace('-', '_')}")
