"""schema: `cuelight schema`: the JSON Schema of a Timeline, for editors and validators."""

import json
from argparse import Namespace

from stream.timeline.published import json_schema


def run(args: Namespace) -> int:
    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    return 0
