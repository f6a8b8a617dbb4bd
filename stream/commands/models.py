"""models: `cuelight models`: engines, weights and licences; fetch an optional one."""

from argparse import Namespace

from stream import models_command
from stream.errors import OptionError


def run(args: Namespace) -> int:
    if args.action == "get" and not args.name:
        raise OptionError("cuelight models get needs a name", "`cuelight models` lists them")
    return models_command.run(get=args.name or "", as_json=args.json)
